/** The local controller's page. */
import { act, charge, must, state, tidy, until, world } from '../world.mjs';

export async function enter(page) {
  await page.goto(world.site);
  await page.getByLabel('Password').fill(world.sitePassword);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('region', { name: world.chargePoints[0] }).waitFor();
}

export async function login(page) {
  await page.goto(world.site);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('alert').filter({ hasText: 'not the site’s password' }).waitFor();
  await page.getByLabel('Password').fill(world.sitePassword);
  await page.keyboard.press('Enter');
  await page.getByText('Connected to the central system').waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Password').waitFor();
}

export async function live(page) {
  const [, identity] = world.chargePoints;
  await enter(page);
  const card = page.getByRole('region', { name: identity });
  await card.getByText('Available', { exact: true }).waitFor();
  try {
    await act(identity, 'fault', { kind: 'ground' });
    await card.getByText('Ground failure').waitFor();
    await tidy(identity);
    await card.getByText('Available', { exact: true }).waitFor();
    await charge(identity);
    await card.getByText('Charging', { exact: true }).waitFor();
    const energy = () => card.locator('dd').nth(1).innerText().then(Number.parseFloat);
    await until('energy is shown', async () => (await energy()) > 0, 60_000);
    await act(identity, 'tap', { uid: world.card });
    await until('the transaction is over', async () => (await card.locator('dd').count()) === 0);
  } finally {
    await tidy(identity);
  }
}

export async function start_and_stop(page) {
  const [identity] = world.chargePoints;
  await enter(page);
  const card = page.getByRole('region', { name: identity });
  const start = card.getByRole('button', { name: `Start a charge at ${identity}, connector 1` });
  const stop = card.getByRole('button', { name: `Stop the charge at ${identity}, connector 1` });
  const question = page.getByRole('dialog', { name: 'Stop somebody else’s charge?' });
  const flowing = async () => (await state(identity)).connectors[0].contactor.closed;
  try {
    await card.getByText('Available', { exact: true }).waitFor();
    await card.getByText(/^Paid by /).waitFor();
    await start.click();
    await card.getByText('Starting: it waits for a car to be plugged in.').waitFor();
    await card.getByText(/^\d:\d\d min left$/).waitFor();
    must('it is not started twice', await start.isDisabled());
    await act(identity, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
    await card.getByText(/^Started at this page, paid by /).waitFor();
    await until('it charges', flowing);
    await stop.click(); // our own: nobody is asked
    await card.getByText('No charge can be started: the car that charged last is still plugged in.').waitFor();
    must('and it cannot be pressed', await start.isDisabled());
    must('the contactor is open', !(await flowing()));
    await tidy(identity);
    await card.getByText('Available', { exact: true }).waitFor();

    await charge(identity);
    await card.getByText(world.card).waitFor();
    await stop.click();
    await question.getByText(world.card).waitFor();
    await question.getByRole('button', { name: 'Let it charge' }).click();
    must('it charges on', await flowing());
    await stop.click();
    await question.getByRole('button', { name: 'Yes, stop it' }).click();
    await until('it is ended', async () => !(await flowing()));
    await start.waitFor();
  } finally {
    await tidy(identity);
  }
}

export async function adoption(page) {
  await enter(page);
  await page.getByRole('button', { name: 'Make an adoption code' }).click();
  const shown = page.locator('[data-code]');
  await shown.waitFor();
  const code = (await shown.innerText()).replaceAll(/\s/g, '');
  must(`a code of eight characters, not ${code}`, /^[0-9A-Z]{8}$/.test(code));
  const left = () => page.getByRole('timer').innerText();
  const first = await left();
  must(`about a quarter of an hour is left: ${first}`, /1[45]:\d\d/.test(first));
  await until('the time counts down', async () => (await left()) !== first);

  const adopt = () => fetch(`${world.site}/api/adopt`, {
    method: 'POST', body: JSON.stringify({ code, serial: `PAGE-${Date.now()}`, kind: 'charge_point' }),
  });
  const answer = await (await adopt()).json();
  must('the code on the page adopts a charge point', answer.authorization_key?.length === 40);
  must('it works once', !(await adopt()).ok);
  await page.getByRole('region', { name: answer.identity }).waitFor();
}

export async function cards(page) {
  await enter(page);
  const card = page.getByRole('region', { name: 'Cards' });
  await card.getByText(/^[\d,]+ cards? of the central system’s list, version \d+/).waitFor();
  await card.getByText('Cards that nobody knows are refused').waitFor();
  await page.getByRole('region', { name: 'Power' }).getByText('The site has no limit').waitFor();
}

export async function books(page) {
  await enter(page);
  const link = page.getByRole('region', { name: 'Central system' }).getByRole('status');
  await until('the link in one sentence', async () => /^Online since .*, (everything was delivered|\d+ messages? waiting)/.test(await link.innerText()));
  const card = page.getByRole('region', { name: 'Books' });
  await card.getByText('Not audited yet').or(card.getByText('The books are whole')).waitFor();
  await card.getByRole('button', { name: 'Audit now' }).click();
  await card.getByText('The books are whole.').waitFor();
  await card.getByText(/\d+ messages walked and \d+ transactions compared/).waitFor();
}

export async function backup(page) {
  await enter(page);
  const card = page.getByRole('region', { name: 'Disk and backup' });
  await card.getByText(/^The disk is \d+ % full: /).waitFor();
  const [file] = await Promise.all([
    page.waitForEvent('download'), card.getByRole('link', { name: 'Download a backup' }).click(),
  ]);
  must('it is the backup', file.suggestedFilename() === 'bollard-site-backup.tar' && !(await file.failure()));
  await card.getByText(/^Last backup /).waitFor();
}

export async function keeping(page) {
  const identity = world.chargePoints[2];
  await enter(page);
  const dialog = page.getByRole('dialog', { name: identity });
  const change = async (name) => {
    await page.getByRole('button', { name: `Change ${identity}` }).click();
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Keep the name' }).click();
    await dialog.getByText('The name is kept.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  };
  await change('Behind the barn');
  await page.getByRole('region', { name: 'Behind the barn' }).getByText(identity, { exact: true }).waitFor();
  await change('');
  await page.getByRole('region', { name: identity }).waitFor();
}

export async function people(page) {
  await enter(page);
  const people = page.getByRole('region', { name: 'People' });
  await people.getByLabel('Viewers’ password').fill('only looking');
  await people.getByRole('button', { name: /^Set (it|another)$/ }).click(); // another: a try before this one ended early
  await people.getByRole('button', { name: 'No viewers any more' }).waitFor();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByLabel('Password').fill('only looking');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('region', { name: 'Books' }).waitFor();
  must('a viewer changes nothing', (await page.getByRole('button', { name: /^Change |^Make|^Audit|^Start |^Stop / }).count()) === 0);
  await page.getByRole('button', { name: 'Log out' }).click();
  await enter(page);
  await people.getByRole('button', { name: 'No viewers any more' }).click();
  await people.getByRole('button', { name: 'Set it' }).waitFor();
}
