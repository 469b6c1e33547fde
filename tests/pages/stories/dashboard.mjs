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

export async function session(page) {
  const [identity] = world.chargePoints;
  await enter(page);
  await tidy(identity);
  await charge(identity);
  try {
    const running = row(page, /^Charging now/, identity);
    await running.waitFor();
    const energy = () => running.locator('[data-live=energy]').innerText().then(Number.parseFloat);
    await until('power is shown', async () => /^1\d\.\d kW$/.test(plain(await running.locator('[data-live=power]').innerText())), 40_000);
    const first = await energy();
    await until('energy grows while one looks', async () => (await energy()) > first, 40_000);
    must('the cost is money', /€\d+\.\d\d/.test(await running.locator('[data-live=cost]').innerText()));

    await running.getByRole('button', { name: /^Stop the session/ }).click();
    await running.getByRole('button', { name: /^Really stop/ }).click();
    await running.getByText('Accepted, stopping').or(row(page, 'Recent sessions', identity).getByText('Operator or app')).first().waitFor();
    await until('the session leaves the list', async () => (await running.count()) === 0);
    await row(page, 'Recent sessions', identity).first().getByText('Operator or app').waitFor();
    await until('the contactor is open', async () => !(await state(identity)).connectors[0].contactor.closed);
  } finally {
    await tidy(identity);
  }
}

export async function start(page) {
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
    await row(page, /^Charging now/, identity).getByText(world.driver.email).waitFor();
  } finally {
    await tidy(identity);
  }
}

export async function stale(page, context) {
  await enter(page);
  await page.locator('[data-freshness=live]').waitFor();
  await context.setOffline(true);
  // a standing stream outlives the browser's offline mode: the next reading of the rows notices
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

function plain(text) {
  return text.replaceAll('\u00a0', ' ');
}
