/** The bench's page. */
import { act, must, state, tidy, until, world } from '../world.mjs';

async function show(page, identity) {
  await page.goto(`${world.bench}/#${identity}`);
  await page.getByRole('region', { name: `${identity}, connector 1` }).waitFor();
  return page.locator('svg[data-contactor]');
}

const lamps = (picture) => picture.locator('[data-lamp]').evaluateAll((all) => all.map((lamp) => lamp.dataset.lamp).join());

export async function charging(page) {
  const [identity] = world.chargePoints;
  await tidy(identity);
  const picture = await show(page, identity);
  const words = page.getByRole('region', { name: `${identity}, connector 1` });
  try {
    await words.getByRole('heading', { name: 'Free' }).waitFor();
    must('the contactor is drawn open', (await picture.getAttribute('data-contactor')) === 'open');
    const idle = await lamps(picture);

    await page.getByRole('button', { name: 'Plug in' }).click();
    await picture.and(page.locator('[data-plugged=true]')).waitFor();
    await page.locator('[data-pilot=B]').waitFor();
    await words.getByRole('heading', { name: 'A car is connected and waits' }).waitFor();
    await until('the lamps change', async () => (await lamps(picture)) !== idle);

    await page.getByLabel('Card', { exact: true }).fill(world.card);
    await page.getByRole('button', { name: 'Tap card' }).click();
    await page.locator('.card.held').waitFor();
    await picture.and(page.locator('[data-contactor=closed]')).waitFor();
    await picture.and(page.locator('[data-flowing=true]')).waitFor();
    await page.locator('[data-pilot=C]').waitFor();
    await words.getByRole('heading', { name: 'Charging' }).waitFor();
    await until('current is on offer', async () => parseFloat(await page.locator('[data-figure=offered]').innerText()) >= 6);
    const meter = () => page.locator('[data-figure=meter]').innerText().then(Number.parseFloat);
    const first = await meter();
    await until('the meter counts', async () => (await meter()) > first, 30_000);

    await page.getByRole('switch', { name: 'The car wants energy' }).click();
    await picture.and(page.locator('[data-contactor=open]')).waitFor();
    await page.getByRole('button', { name: 'Unplug' }).click();
    await picture.and(page.locator('[data-plugged=false]')).waitFor();
  } finally {
    await tidy(identity);
  }
}

export async function faults(page) {
  const [, identity] = world.chargePoints;
  await tidy(identity);
  await show(page, identity);
  try {
    const stop = page.getByRole('switch', { name: 'Emergency stop pressed' });
    await stop.click();
    await page.getByRole('heading', { name: 'The emergency stop is pressed' }).waitFor();
    must('the switch shows it', (await stop.getAttribute('aria-checked')) === 'true');
    must('the bench knows it', (await state(identity)).emergency_stop);
    await stop.click();
    await page.getByRole('heading', { name: 'Free' }).waitFor();
  } finally {
    await tidy(identity);
  }
}

export async function power(page) {
  const [, , identity] = world.chargePoints;
  await show(page, identity);
  const boots = (await state(identity)).boots;
  const power = page.getByRole('switch', { name: 'Power' });
  await power.click();
  await page.getByRole('heading', { name: 'The power is cut' }).waitFor();
  await power.click();
  await page.getByRole('heading', { name: 'Free' }).waitFor({ timeout: 30_000 });
  must('it has started once more', (await state(identity)).boots === boots + 1);
  const link = page.getByRole('switch', { name: 'Network link' });
  await link.click();
  await link.and(page.locator('[aria-checked=false]')).waitFor();
  must('the link is cut', !(await state(identity)).link);
  await link.click();
  await until('the link is back', async () => (await state(identity)).link);
}

export async function console_lines(page) {
  const [, , identity] = world.chargePoints;
  await show(page, identity);
  const log = page.getByRole('log');
  await until('the firmware has printed', async () => (await log.locator('div').count()) > 1);
  const before = await log.innerText();
  await act(identity, 'fault', { kind: 'ground' });
  try {
    await until('a new line arrives', async () => (await log.innerText()) !== before);
  } finally {
    await tidy(identity);
  }
}

export async function adding(page) {
  const cookie = await siteCookie();
  const headers = { Cookie: cookie, 'X-Requested-With': 'bollard' };
  const { code } = await (await fetch(`${world.site}/api/adoption-codes`, { method: 'POST', headers })).json();
  const adopted = await (await fetch(`${world.site}/api/adopt`, {
    method: 'POST', body: JSON.stringify({ code, serial: `FORM-${Date.now()}`, kind: 'charge_point' }),
  })).json();
  await page.goto(world.bench);
  await page.getByRole('button', { name: 'Add a charge point' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a charge point' });
  await dialog.getByLabel('Identity').fill(world.chargePoints[0]);
  await dialog.getByLabel('Central system').fill(adopted.ocpp_url);
  await dialog.getByLabel('Authorization key').fill(adopted.authorization_key);
  await dialog.getByRole('button', { name: 'Switch it on' }).click();
  await dialog.getByRole('alert').filter({ hasText: 'already' }).waitFor();
  await dialog.getByLabel('Identity').fill(adopted.identity);
  await dialog.getByRole('button', { name: 'Switch it on' }).click();
  try {
    await dialog.waitFor({ state: 'hidden' });
    await page.getByRole('region', { name: `${adopted.identity}, connector 1` }).waitFor();
    await page.getByRole('heading', { name: 'Free' }).waitFor({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Take it off the bench' }).click();
    await page.getByRole('button', { name: 'Really take it off the bench?' }).click();
    await page.getByRole('region', { name: `${adopted.identity}, connector 1` }).waitFor({ state: 'hidden' });
  } finally {
    await fetch(`${world.bench}/api/charge-points/${adopted.identity}`, { method: 'DELETE' });
  }
}

export async function ev_link(page) {
  const identity = `DC-${Date.now()}`;
  const made = await fetch(`${world.bench}/api/charge-points`, {
    method: 'POST',
    body: JSON.stringify({ identity, board: 'bench_dc', url: 'ws://127.0.0.1:9/ocpp', authorization_key: '00'.repeat(20), stalls: false }),
  });
  must('the bench has a DC charge point', made.ok);
  try {
    await show(page, identity);
    const first = page.getByRole('region', { name: `${identity}, connector 1` });
    const second = page.getByRole('region', { name: `${identity}, connector 2` });
    const link = first.getByRole('region', { name: 'EV link' });
    await link.getByText('It reads the car once one is plugged in.').waitFor();
    await first.getByLabel('Car', { exact: true }).selectOption({ label: 'Van, 90 kWh, 125 kW' });
    await first.getByRole('button', { name: 'Plug in' }).click();
    await link.locator('[data-figure=soc]').filter({ hasText: '40.0' }).waitFor();
    must('the battery is told', (await link.innerText()).includes('90'));
    must('the other connector has its own link', (await second.locator('[data-figure=soc]').count()) === 0);
    await first.getByRole('switch', { name: 'EV link silent' }).click();
    await link.getByText('The link is disturbed').waitFor();
  } finally {
    await fetch(`${world.bench}/api/charge-points/${identity}`, { method: 'DELETE' });
  }
}

export async function display(page) {
  for (const [board, shown] of [
    ['bench_panel', (one) => one.getByText('Hold your card').waitFor({ timeout: 30_000 })],
    ['esp32_s3_devkitc_1', (one) => one.locator('path[d*="h128"]').waitFor({ timeout: 30_000 })], // the title's bar
  ]) {
    const identity = `SEEN-${Date.now()}`;
    const made = await fetch(`${world.bench}/api/charge-points`, {
      method: 'POST',
      body: JSON.stringify({ identity, board, url: 'ws://127.0.0.1:9/ocpp', authorization_key: '00'.repeat(20), stalls: false }),
    });
    must(`the bench has a ${board}`, made.ok);
    try {
      await page.goto('about:blank'); // another hash alone would not load the page anew
      await show(page, identity);
      await shown(page.getByRole('region', { name: 'Display' }));
      const buttons = await page.getByRole('button', { name: 'Press the stop button' }).count();
      must('only a board with a stop button has one to press', buttons === (board === 'bench_panel' ? 1 : 0));
    } finally {
      await fetch(`${world.bench}/api/charge-points/${identity}`, { method: 'DELETE' });
    }
  }
}

async function siteCookie() {
  const response = await fetch(`${world.site}/api/login`, { method: 'POST', body: JSON.stringify({ password: world.sitePassword }) });
  return response.headers.get('set-cookie').split(';')[0];
}
