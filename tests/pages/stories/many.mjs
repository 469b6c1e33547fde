/** A house with 500 charge points and 10,000 sessions: what is in the page, how much of it, and that it is true. Counts and
 *  states, no times. */
import { must, until, world } from '../world.mjs';
import { enter } from './dashboard.mjs';

const ROWS_A_PAGE = 50;
const pins = (page) => page.locator('.leaflet-marker-icon');
const figure = (text) => Number((/[\d,.]+/.exec(text)?.[0] ?? '0').replace(/\D/g, ''));
const sum = (numbers) => numbers.reduce((total, each) => total + each, 0);

/** Pins that would lie on each other are one with their number: together they are all, and few enough to be moved. */
export async function map(page) {
  await enter(page);
  const counts = () => page.locator('.pin').evaluateAll((found) => found.map((pin) => Number(pin.textContent || 1)));
  await until('every charge point is on the map', async () => sum(await counts()) === world.points);
  must('those that lie on each other are one', (await counts()).length < world.points / 2);

  await page.getByRole('searchbox', { name: 'Search charge points' }).fill('F12');
  const found = ['F12', ...Array.from({ length: 10 }, (_, n) => `F12${n}`)];
  await until('the map has what is searched for', async () => sum(await counts()) === found.length);
  await page.getByRole('searchbox', { name: 'Search charge points' }).fill('');
  await until('and then all again', async () => sum(await counts()) === world.points);

  const single = page.getByRole('button', { name: /^Point \w+: / });
  for (let closer = 0; closer < 6 && !(await single.count()); closer++) {
    const before = await page.locator('.leaflet-control-scale-line').innerText();
    await pins(page).locator('.many').first().click();
    await until('pressing several looks closer', async () => (await page.locator('.leaflet-control-scale-line').innerText()) !== before);
  }
  const name = /^Point (\w+)/.exec(await single.first().getAttribute('aria-label'))[1];
  await single.first().focus();
  await page.keyboard.press('Enter');
  await until('a charge point is opened from the map', () => page.url().endsWith(`/charge-points/${name}`));
}

/** Of a long list one page is in the document, and the end of it is one press away. */
export async function tables(page) {
  await enter(page);
  const rows = () => page.locator('#content tbody tr').count();
  const turned = async () => figure((await page.getByRole('navigation', { name: 'Pages' }).getByRole('status').innerText()).split('to')[1]);
  must('a page of charge points', (await rows()) === ROWS_A_PAGE);
  await page.getByRole('button', { name: 'Last' }).click();
  await page.getByRole('link', { name: `Point F${world.points}`, exact: true }).waitFor();
  must('the last row is the last one', (await turned()) === world.points);
  must('never more rows than a page has', (await rows()) <= ROWS_A_PAGE);

  for (const [path, there, oldest] of [['sessions', world.sessions, 'no. 1'], ['people', world.people, null]]) {
    await page.evaluate((to) => { location.hash = `#/${to}`; }, path);
    const title = page.getByRole('heading', { name: new RegExp(`^${path}`, 'i'), level: 2 });
    await until(`the ${path} are counted`, async () => (await title.count()) === 1 && figure(await title.innerText()) >= there);
    await until('the first page is there', async () => (await rows()) === ROWS_A_PAGE);
    const total = figure(await title.innerText());
    await page.getByRole('button', { name: 'Oldest' }).click();
    await until('the last page is there', async () => (await turned()) === total);
    must('never more rows than a page has', (await rows()) <= ROWS_A_PAGE);
    if (oldest) must('its last row is the oldest', (await page.locator('#content tbody tr').last().innerText()).includes(oldest));
  }
}

/** The app's map: the same 500, and a list that begins with some of them. */
export async function app(page) {
  await page.goto(`${world.csms}/app/`);
  const names = () => page.locator('.pin .name').evaluateAll((found) => found.map((name) => name.dataset.name));
  const counted = (name) => Number(/^([\d,]+) charge points$/.exec(name)?.[1].replace(',', '') ?? 1);
  await until('every place is on the map', async () => sum((await names()).map(counted)) === world.points);
  must('those that lie on each other are one', (await names()).length < world.points / 2);
  const listed = () => page.locator('.find li').count();
  must('the list begins with some', (await listed()) < world.points / 2);
}

/** Samples of all of them at once, until every charge point falls silent in the middle of its charge: the last ones are shown. */
export async function burst(page, context) {
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  let heard = 0;
  cdp.on('Network.eventSourceMessageReceived', ({ eventName }) => eventName === 'MeterSample' && heard++);
  await enter(page);
  const shown = () => page.locator('tr:has([data-live=energy])').evaluateAll((rows) => rows.map((row) =>
    [row.querySelector('.name').textContent.replace(/^Point /, ''), Math.round(Number.parseFloat(row.querySelector('[data-live=energy]').textContent) * 1000)]));
  await until('all of them charge', async () => (await shown()).length === world.charging, 40_000);
  const before = heard;
  await until('samples pour in', () => heard - before > 10 * world.charging, 40_000);
  process.kill(world.fleet, 'SIGSTOP');
  try {
    await until('the last values are shown', async () => {
      const known = await (await context.request.get(`${world.csms}/api/sessions?state=active&limit=1000`)).json();
      const now = new Map(await shown());
      return known.length === world.charging && known.every((row) => now.get(row.charge_point) === row.energy_wh);
    }, 40_000);
  } finally {
    process.kill(world.fleet, 'SIGCONT');
  }
}
