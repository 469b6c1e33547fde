/** The operator's dashboard. */
import { act, charge, must, state, tidy, until, world } from '../world.mjs';

export async function enter(page) {
  await page.goto(world.csms);
  await page.getByLabel('E-mail').fill(world.operator.email);
  await page.getByLabel('Password').fill(world.operator.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: /^Charge points/, level: 2 }).waitFor();
}

const card = (page, title) => page.getByRole('region', { name: title });
const row = (page, title, identity) => card(page, title).getByRole('row').filter({ hasText: identity });

export async function login(page) {
  await page.goto(world.csms);
  await page.getByLabel('E-mail').fill(world.operator.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').filter({ hasText: 'do not match' }).waitFor();
  must('the password field is empty after a refusal', (await page.getByLabel('Password').inputValue()) === '');
  await page.getByLabel('Password').fill(world.operator.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: /^Charge points/, level: 2 }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: /^Charge points/, level: 2 }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('E-mail').waitFor();
}

export async function driver(page) {
  await page.goto(world.csms);
  await page.getByLabel('E-mail').fill(world.driver.email);
  await page.getByLabel('Password').fill(world.driver.password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('heading', { name: 'You have no access to this page' }).waitFor();
  must('no table for a driver', (await page.getByRole('table').count()) === 0);
}

export async function fault(page) {
  const [, identity] = world.chargePoints;
  await enter(page);
  await row(page, /^Charge points/, identity).getByText('Available', { exact: true }).waitFor();
  try {
    await act(identity, 'fault', { kind: 'ground' });
    await row(page, /^Charge points/, identity).getByText('Faulted').waitFor();
    await row(page, /^Charge points/, identity).getByText('Ground failure').waitFor();
    await until('the fault is counted', async () => (await page.getByRole('group', { name: 'Faults' }).innerText()).includes('1'));
  } finally {
    await tidy(identity);
  }
  await row(page, /^Charge points/, identity).getByText('Available', { exact: true }).waitFor();
}

/** From the start on a driver's card to the bill, without anybody at the charge point. */
export async function session(page) {
  const [, , identity] = world.chargePoints;
  await enter(page);
  await act(identity, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
  try {
    await row(page, /^Charge points/, identity).getByText('Preparing').waitFor();
    await row(page, /^Charge points/, identity).getByRole('button', { name: /^Start a charge/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Start a charge' });
    await until('the card is chosen', async () => (await dialog.getByLabel('Card', { exact: true }).inputValue()) === world.card);
    await dialog.getByRole('button', { name: 'Start' }).click();
    await dialog.getByText('Accepted').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });

    const running = row(page, /^Charging now/, identity);
    await running.getByText(world.driver.email).waitFor({ timeout: 30_000 });
    const energy = () => running.locator('[data-live=energy]').innerText().then(Number.parseFloat);
    await until('power is shown', async () => /^1\d\.\d kW$/.test(plain(await running.locator('[data-live=power]').innerText())), 40_000);
    const first = await energy();
    await until('energy grows while one looks', async () => (await energy()) > first, 40_000);
    must('the cost is money', /€\d+\.\d\d/.test(await running.locator('[data-live=cost]').innerText()));

    await running.getByRole('button', { name: /^Stop the session/ }).click();
    await running.getByRole('button', { name: /^Really stop/ }).click();
    await until('the session leaves the list', async () => (await running.count()) === 0, 30_000);
    await until('the contactor is open', async () => !(await state(identity)).connectors[0].contactor.closed);

    await visit(page, 'Sessions');
    const ended = row(page, /^Sessions/, identity).first();
    await ended.getByText('Operator or app').waitFor();
    await ended.getByRole('link').first().click();
    await page.getByRole('heading', { name: /^Session \d+$/, level: 2 }).waitFor();
    await card(page, 'Curve').locator('canvas').waitFor();
    must('its samples are there', (await card(page, /^Samples/).getByRole('row').count()) > 2);
    const paid = await page.locator('[data-total]').innerText();
    await page.getByRole('button', { name: 'Void or correct' }).click();
    const correction = page.getByRole('dialog', { name: 'Correct the bill' });
    await correction.getByLabel(`Void: give all ${paid} back`).check();
    await correction.getByLabel('Reason').fill('tried by the operator');
    await correction.getByRole('button', { name: 'Book the correction' }).click();
    await page.getByText('After corrections').waitFor();
    must('nothing of the bill is erased', (await page.locator('[data-total]').innerText()) === paid);

    await visit(page, 'Report');
    const year = page.getByRole('region', { name: 'Energy, kWh by month and charge point' });
    const cells = year.getByRole('row').filter({ hasText: identity }).getByRole('cell');
    await cells.first().waitFor();
    const figures = (await cells.allInnerTexts()).map(money);
    must(`twelve months and their sum: ${figures}`, figures.length === 13 && figures[12] > 0);
    await page.getByLabel('Figures').selectOption('earnings');
    await page.getByRole('region', { name: 'Earnings by month and charge point' }).waitFor();
  } finally {
    await tidy(identity);
  }
}

/** Added by the form, provisioned with the key it shows, green; out of service and back; a tariff, and a bill by it. */
export async function adding(page) {
  const name = 'By <b>the gate</b>';
  const identity = `GATE-${Date.now()}`; // another one when the story is played again
  await enter(page);
  await page.getByRole('button', { name: /^Add/ }).click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Identity').fill(identity);
  await page.getByLabel('At most, kW').fill('22');
  await page.getByRole('region', { name: /^Map/ }).click({ position: { x: 200, y: 90 } });
  await until('the map gave a place', async () => (await page.getByLabel('Latitude').inputValue()) !== '');
  await page.getByRole('button', { name: 'Add the charge point' }).click();
  const given = async (what) => page.locator(`[data-given="${what}"]`).innerText();
  await page.locator('[data-given="Key"]').waitFor();
  const answer = await fetch(`${world.bench}/api/charge-points`, {
    method: 'POST',
    body: JSON.stringify({
      identity: await given('Identity'), url: await given('Address'), authorization_key: await given('Key'), board: 'bench', time_factor: 20,
    }),
  });
  must(`the bench takes it: ${await answer.clone().text()}`, answer.ok);
  try {
    await page.getByRole('button', { name: 'Go to the charge point' }).click();
    const head = page.getByRole('heading', { name: new RegExp(`^${name}`), level: 2 }); // its name is text, never HTML
    await head.getByText('Free').waitFor({ timeout: 60_000 });
    must('its key is not shown again', !(await page.locator('body').innerText()).includes('shown this once'));

    const tariff_at_ms = await tariff(page, identity);
    await visit(page, 'Home');
    await page.getByRole('searchbox', { name: 'Search charge points' }).fill(identity);
    await page.getByRole('table').getByText(`Tariff of ${identity}`).waitFor(); // in place of its own price
    await page.getByRole('link', { name }).click();

    const parts = page.getByRole('navigation', { name: 'Parts of this charge point' });
    await parts.getByRole('link', { name: 'Operations' }).click();
    await page.getByRole('button', { name: 'Out of service' }).click();
    await page.getByRole('log').getByText('Accepted').waitFor();
    await head.getByText('Broken').waitFor();
    await parts.getByRole('link', { name: 'Now' }).click();
    await card(page, /^Connector 1/).getByText('Out of service').waitFor();
    await parts.getByRole('link', { name: 'Operations' }).click();
    await page.getByRole('button', { name: 'In service' }).click();
    await head.getByText('Free').waitFor();

    await parts.getByRole('link', { name: 'Configuration' }).click();
    await page.getByRole('button', { name: 'Change MeterValueSampleInterval' }).click();
    const setting = page.getByRole('dialog', { name: 'Change MeterValueSampleInterval' });
    await setting.getByLabel('Value').fill('3');
    await setting.getByRole('button', { name: 'Set', exact: true }).click();
    await page.getByText('MeterValueSampleInterval is set').waitFor();

    await parts.getByRole('link', { name: 'Messages' }).click();
    const message = page.getByRole('listitem').filter({ hasText: 'ChangeConfiguration' }).first();
    await message.locator('summary').click();
    await message.getByText('"MeterValueSampleInterval"').waitFor();

    await until('the tariff is older than clocks differ', () => Date.now() > tariff_at_ms + 5_000);
    await act(identity, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
    await act(identity, 'tap', { uid: world.card });
    await until('some energy', async () => (await state(identity)).connectors[0].meter.register_wh > 100, 30_000);
    await act(identity, 'tap', { uid: world.card });
    await visit(page, 'Sessions');
    const ended = row(page, /^Sessions/, name).first();
    await ended.getByText('Card', { exact: true }).waitFor({ timeout: 30_000 });
    await ended.getByRole('link').first().click();
    const lines = card(page, /^Price/).getByRole('row');
    await lines.filter({ hasText: 'Once' }).getByText('€2.00').waitFor(); // of the second version, not of the first
    const total = money(await page.locator('[data-total]').innerText());
    const energy = money(await lines.filter({ hasText: 'Energy' }).getByRole('cell').last().innerText());
    must(`the total ${total} is its lines`, Math.abs(total - energy - 2) < 0.011 && energy > 0);

    await visit(page, 'Home');
    await page.getByRole('searchbox', { name: 'Search charge points' }).fill(identity);
    await page.getByRole('table').getByRole('link', { name }).click();
    await parts.getByRole('link', { name: 'Security' }).click();
    await page.getByRole('button', { name: 'New key by hand' }).click();
    const asked = page.getByRole('dialog', { name: 'Make a key by hand' });
    await asked.getByRole('button', { name: 'Make a key by hand' }).click();
    const shown = page.getByRole('dialog', { name: 'Its new key' });
    const key = await shown.locator('[data-given="Key"]').innerText();
    must(`a key of 20 bytes: ${key.length} digits`, /^[0-9a-f]{40}$/i.test(key));
    await shown.getByRole('button', { name: 'I have it' }).click();
    await shown.waitFor({ state: 'hidden' });
    must('it is shown once', !(await page.locator('body').innerText()).includes(key));
  } finally {
    await fetch(`${world.bench}/api/charge-points/${identity}`, { method: 'DELETE' });
  }
}

/** Makes one of 0.50 a kWh, tries it, sets it at the charge point, and then makes it 0.80 and 2.00 once; since when. */
async function tariff(page, identity) {
  const name = `Tariff of ${identity}`;
  await visit(page, 'Tariffs');
  await page.getByRole('button', { name: 'New tariff' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Price, EUR').fill('0.5');
  await page.locator('[data-total]').getByText('€15.50').waitFor(); // 31 kWh
  await page.getByRole('button', { name: 'Make the tariff' }).click();
  await page.getByRole('link', { name }).waitFor();
  const where = card(page, 'Where a tariff holds');
  await where.getByLabel('Charge point').selectOption(identity);
  await where.getByLabel('Tariff').selectOption(name);
  await where.getByRole('button', { name: 'Set from now on' }).click();
  await where.getByText(/^From now on/).waitFor();

  await page.getByRole('link', { name }).click();
  await page.getByLabel('Price, EUR').fill('0.8');
  await page.getByRole('button', { name: 'Another part' }).click();
  await page.getByLabel('For', { exact: true }).nth(1).selectOption('FLAT');
  await page.getByLabel('Price, EUR').nth(1).fill('2');
  await page.locator('[data-total]').getByText('€26.80').waitFor();
  await page.getByRole('button', { name: 'Save from now on' }).click();
  await page.getByText('version 2').waitFor();
  return Date.now();
}

/** Changed with a confirmation, true at once, refused by field where it is wrong, taken back; and noted in the audit log. */
export async function settings(page, context) {
  await enter(page);
  await visit(page, 'Settings');
  const set = (key) => page.locator(`[data-setting=${key}]`);
  const about = async () => (await context.request.get(`${world.csms}/api/about`)).json();
  const before = await about();
  const price = set('default_price_cents_per_kwh');
  try {
    await price.getByText('From the settings file').waitFor();
    await price.getByLabel('Price of a kWh').fill('0.61');
    await set('reservation_minutes').getByLabel('A reservation holds for').fill('25');
    await page.getByText('2 changes not saved yet').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    const sure = page.getByRole('dialog', { name: 'Change what people pay?' });
    await sure.getByText('→ €0.61').waitFor();
    must('what costs nobody anything is not asked twice', (await sure.getByRole('listitem').count()) === 1);
    must('nothing holds before that', (await about()).default_price_cents_per_kwh === before.default_price_cents_per_kwh);
    await sure.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Saved: 2 settings hold from now on.').waitFor();
    await price.getByText(`Changed here by ${world.operator.email}`).waitFor();
    const now = await about();
    must('both hold at once', now.default_price_cents_per_kwh === 61 && now.reservation_minutes === 25);

    const number = set('emergency_number');
    await number.getByLabel('Emergency number').fill('call me');
    await page.getByRole('button', { name: 'Save' }).click();
    await number.getByRole('alert').waitFor();
    await page.getByText('Nothing was saved: look at what is marked.').waitFor();
    must('what is wrong is marked', (await number.getByLabel('Emergency number').getAttribute('aria-invalid')) === 'true');
    await page.getByRole('button', { name: 'Undo' }).click();

    await price.getByRole('button', { name: 'Take back' }).click();
    await price.getByText('Taken back when it is saved').waitFor();
    await page.getByRole('button', { name: 'Save' }).click();
    await sure.getByRole('button', { name: 'Change it' }).click();
    await page.getByText('Saved: it holds from now on.').waitFor();
    await price.getByText('From the settings file').waitFor();
    must('the price is what it was', (await about()).default_price_cents_per_kwh === before.default_price_cents_per_kwh);

    await until('it is in the audit log', async () => {
      const [newest] = await (await context.request.get(`${world.csms}/api/audit/changes?limit=1`)).json();
      return newest.detail.includes('taken back');
    });
    await visit(page, 'Audit log');
    await page.getByText('default_price_cents_per_kwh: 61 → 45 (taken back)').waitFor();
    await visit(page, 'System');
    const log = card(page, /^Audit log/);
    must('the head is there to be noted down', /^\d+:[0-9a-f]{64}$/.test(await log.locator('[data-head]').innerText()));
    await log.getByRole('button', { name: 'Check it' }).click();
    await log.getByText(/^All \d+ rows are as they were written/).waitFor();
  } finally {
    const { csms, operator } = world;
    await context.request.post(`${csms}/api/auth/login`, { data: operator });
    const headers = { 'X-Requested-With': 'bollard' };
    await context.request.patch(`${csms}/api/settings`, { headers, data: { default_price_cents_per_kwh: null, reservation_minutes: null } });
  }
}

/** A site's uplink is cut (told by stories/driver.mjs): the fifth colour, and neither broken nor free. */
export async function site_away(page) {
  await enter(page);
  const chips = page.getByRole('group', { name: 'Show only charge points that are' });
  await chips.getByText(`Site not reachable ${world.chargePoints.length}`).waitFor({ timeout: 30_000 });
  must('no other state is counted', (await chips.getByRole('button').count()) === 1);
  for (const identity of world.chargePoints) await row(page, /^Charge points/, identity).getByText('Site not reachable').first().waitFor();
  must('nothing is started there', (await page.getByRole('button', { name: /^Start a charge/ }).count()) === 0);
  await row(page, /^Charging now/, world.driver.email).waitFor(); // on its own
  await visit(page, 'System');
  await card(page, /^Sites/).getByText('Site not reachable').waitFor();
}

export async function site_back(page) {
  await enter(page);
  const chips = page.getByRole('group', { name: 'Show only charge points that are' });
  await chips.getByText('Site not reachable').waitFor({ state: 'hidden', timeout: 60_000 });
  await chips.getByText(/^Free/).waitFor({ timeout: 30_000 });
  await visit(page, 'System');
  await card(page, /^Sites/).getByText('Controller connected').waitFor({ timeout: 30_000 });
}

export async function stale(page, context) {
  await enter(page);
  await page.locator('[data-freshness=live]').waitFor();
  await context.setOffline(true);
  // A standing stream outlives the browser's offline mode: what it tells makes the page read the rows, and that fails.
  await report(world.chargePoints[0], 'blocked');
  await page.locator('[data-freshness=stale]').waitFor({ timeout: 45_000 });
  await page.getByRole('alert').filter({ hasText: 'connection to the server is lost' }).waitFor();
  await context.setOffline(false);
  await page.locator('[data-freshness=live]').waitFor({ timeout: 30_000 });
}

export async function keyboard(page) {
  await enter(page);
  const opener = page.getByRole('button', { name: /^Start a charge/ }).first();
  await opener.focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'Start a charge' });
  await dialog.waitFor();
  for (let i = 0; i < 12; i++) {
    await page.keyboard.press('Tab');
    const inside = await page.evaluate(() => document.activeElement === document.body || !!document.activeElement?.closest('dialog'));
    must('focus stays in the dialog', inside);
  }
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  must('focus goes back to what opened it', await opener.evaluate((element) => element === document.activeElement));
}

/** As somebody who stands there. */
async function report(identity, kind) {
  const answer = await fetch(`${world.csms}/api/station/${identity}/problems`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ kind, text: 'told by a story' }),
  });
  must(`the report is taken: ${answer.status}`, answer.ok);
}

/** To another page, by the navigation. */
export async function visit(page, name) {
  await page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name }).click();
}

const money = (text) => Number(text.replace(/[^0-9.-]/g, ''));

function plain(text) {
  return text.replaceAll('\u00a0', ' ');
}

/** Two administrators say at the same time which sites somebody manages: the slower one is told so, and sees how it is. */
export async function manages(page) {
  await enter(page);
  const ask = (method, path, body) =>
    page.evaluate(async ([method, path, body]) => {
      const headers = { 'Content-Type': 'application/json', 'X-Requested-With': 'bollard' };
      const answer = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
      return { ok: answer.ok, said: await answer.json() };
    }, [method, path, body]);
  const email = `two${Date.now()}@example.org`;
  const { said: person } = await ask('POST', '/api/users', { email, name: 'Olga of two', password: 'long enough for all' });
  const { said: sites } = await ask('GET', '/api/sites');
  await page.goto(`${world.csms}/#/people/${person.id}`);
  const may = card(page, 'What they may do');
  const box = may.getByRole('checkbox', { name: sites[0].name, exact: true });
  await box.waitFor();
  must('she manages nothing', !(await box.isChecked()));
  const other = await ask('PUT', `/api/users/${person.id}/sites`, { site_ids: [sites[0].id] });
  must('the other one was quicker', other.ok);
  await box.click();
  await may.getByText('somebody has changed it meanwhile').waitFor();
  must('and it is shown', await box.isChecked());
  await box.click();
  await may.getByText('Saved: a driver').waitFor();
  must('no site is left', (await ask('GET', `/api/users/${person.id}/sites`)).said.length === 0);
}
