/** The drivers' app, on a phone. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { act, must, state, tidy, until, world } from '../world.mjs';
import * as dashboard from './dashboard.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const APP = `${world.csms}/app/`;
const PHONE = { width: 390, height: 844 };
const MOST_FIRST_LOAD_BYTES = 150_000;
const [DISPLAY, DC] = world.chargePoints;

const go = (page, hash) => page.goto(`${APP}#${hash}`);
const plain = (text) => text.replaceAll('\u00a0', ' ');
const shown = async (page, name) => plain(await page.locator(`[data-live=${name}]`).innerText());
const button = (page, name) => page.getByRole('button', { name });
/** Each new driver of a story is somebody else: the books remember. */
const newDriver = (name) => ({ name, email: `${name.toLowerCase()}-${Date.now()}@drivers.example`, password: 'a good long password' });

async function register(page, who) {
  await go(page, '/register');
  await page.getByLabel('Name').fill(who.name);
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await button(page, 'Make the account').click();
  await page.getByRole('heading', { name: 'Where to charge' }).waitFor();
}

export async function enter(page, who = world.driver) {
  await go(page, '/login');
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await button(page, 'Log in').click();
  await page.getByRole('heading', { name: 'Where to charge' }).waitFor();
}

/** Press the button that asks once more whether one is sure. */
async function stop(page) {
  await button(page, 'Stop charging').click();
  await button(page, 'Really stop?').click();
  await page.getByRole('heading', { name: /^Charge of/ }).waitFor();
}

/** A new driver makes an account, tops up, scans the display's code, charges, stops and opens the receipt. */
export async function first_charge(page, context) {
  await context.grantPermissions(['camera']);
  await page.setViewportSize(PHONE);
  await tidy(DISPLAY);
  try {
    await page.goto(APP);
    await page.getByRole('link', { name: /Market square/ }).first().waitFor();
    await register(page, newDriver('Nora'));

    await page.getByRole('link', { name: 'Wallet' }).click();
    await until('the start credit', async () => (await shown(page, 'balance')) === '€100.00');
    await button(page, 'Top up').click();
    await button(page, '€50.00').click();
    await button(page, 'Go and pay').click();
    await page.getByText('Say how the payment of €50.00 ends').waitFor();
    await button(page, 'Pay').click();
    await page.getByText('€50.00 are on your account.').waitFor();
    await until('the credit is there', async () => (await shown(page, 'balance')) === '€150.00');

    await go(page, '/vehicles');
    await button(page, 'Add a vehicle').click();
    await page.getByLabel('What you call it').fill('Blue one');
    await page.getByLabel('Battery, kWh').fill('60');
    await button(page, 'Save').click();
    await page.getByText('60 kWh').waitFor();

    await act(DISPLAY, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
    await page.getByRole('link', { name: 'Scan' }).click();
    await page.getByText('Is the same on the charge point?').waitFor();
    const scanned = Date.now();
    await page.getByRole('heading', { name: 'Market square' }).waitFor();
    must('its own code is shown before anything starts', plain(await page.locator('.scanned').innerText()).includes(`${world.codes[0].slice(0, 4)} ${world.codes[0].slice(4)}`));
    await page.getByText('A car is plugged in.').waitFor();
    await page.getByText('€0.45 per kWh').waitFor();
    await page.getByLabel(/^About \d+ % full now$/).fill('30');
    const pressed = Date.now();
    await button(page, 'Start charging').click();
    const current = until('current flows', async () => (await state(DISPLAY)).connectors[0].car.power_w > 0 && Date.now(), 60_000);
    await page.getByRole('heading', { name: 'Charging' }).waitFor();
    const charging = Date.now();
    must('the contactor is closed', (await current) && (await state(DISPLAY)).connectors[0].contactor.closed);
    console.log(`from the scan to current: ${(await current) - scanned} ms, of which from the button: ${(await current) - pressed} ms; to the charge on the page: ${charging - pressed} ms`);

    await until('kW are shown', async () => Number.parseFloat(await shown(page, 'power')) > 1, 40_000);
    const first = Number.parseFloat(await shown(page, 'energy'));
    await until('kWh grow while one looks', async () => Number.parseFloat(await shown(page, 'energy')) > first, 40_000);
    await page.getByText('about', { exact: true }).waitFor(); // an AC pilot tells nothing: it is reckoned, and called so
    must('reckoned from what the driver said', Number(await shown(page, 'soc')) >= 30);
    must('the cost is money', /^€\d+\.\d\d$/.test(await shown(page, 'cost')));
    await page.getByRole('img', { name: /^Power over time/ }).waitFor({ timeout: 30_000 });

    await stop(page);
    await page.getByText('Ended: from the app').waitFor();
    const bill = page.getByRole('region', { name: 'Bill' });
    must('the bill is the energy at its price', /Energy/.test(await bill.innerText()));
    const receipt = await context.request.get(new URL(await bill.getByRole('link', { name: 'Receipt', exact: true }).getAttribute('href'), APP).href);
    must('the receipt is one', receipt.ok() && /<h1>Receipt \d+<\/h1>/.test(await receipt.text()));
    const pdf = await context.request.get(new URL(await bill.getByRole('link', { name: 'Receipt as PDF' }).getAttribute('href'), APP).href);
    must('the PDF is one', (await pdf.body()).subarray(0, 5).toString() === '%PDF-');
    const total = await shown(page, 'cost');
    await page.getByRole('link', { name: 'Charges' }).click();
    await page.getByRole('link', { name: /Market square/ }).filter({ hasText: total }).click();
    await bill.waitFor();
    await go(page, '/charge/999999'); // from one charge straight to another: nothing of the first stays
    await page.getByText('There is no such charge of yours').waitFor();
    await until('the contactor is open', async () => !(await state(DISPLAY)).connectors[0].contactor.closed);
  } finally {
    await tidy(DISPLAY);
  }
}

/** The car says how full it is; at the wished level a notice comes; what interrupts the charge is named. */
export async function dc_charge(page) {
  await page.setViewportSize(PHONE);
  await tidy(DC);
  try {
    await register(page, newDriver('Dino'));
    await go(page, '/settings');
    const slider = page.getByRole('slider').first();
    await slider.fill('40');
    await page.getByText('Saved.').waitFor();
    await act(DC, 'plug', { battery_kwh: 60, soc: 37, max_a: 80, phases: 3 });
    await go(page, `/c/${world.codes[1].toLowerCase()}`);
    await button(page, 'Start charging').click();
    await page.getByRole('heading', { name: 'Charging' }).waitFor({ timeout: 30_000 });
    await until('the battery is measured', async () => Number(await shown(page, 'soc')) >= 37, 40_000);
    await page.getByText('about', { exact: true }).waitFor({ state: 'hidden' }); // as it was before the first sample
    await page.getByText('Left until 80 %').waitFor({ timeout: 30_000 });
    await until('the battery fills', async () => Number(await shown(page, 'soc')) >= 40, 60_000);
    await page.getByRole('link', { name: /^Me/ }).click();
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByText(/^The battery is at 4\d %$/).waitFor();
    await page.getByRole('link', { name: /^Charging at Station, fast/ }).click();
    await act(DC, 'fault', { kind: 'ground' });
    await page.getByText('Interrupted: the charge point ended it').waitFor({ timeout: 30_000 });
  } finally {
    await tidy(DC);
  }
}

/** As much as the driver wants and no more: said at the start, changed meanwhile, and told when it is there. */
export async function limit(page) {
  await page.setViewportSize(PHONE);
  await tidy(DISPLAY);
  try {
    await register(page, newDriver('Lina'));
    await act(DISPLAY, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
    await go(page, `/c/${world.codes[0]}`);
    const kind = page.getByLabel('Stop by itself');
    const kinds = await kind.locator('option').allInnerTexts();
    must('without a word about the car nobody knows its battery', !kinds.includes('At a level of the battery'));
    await kind.selectOption('At a cost');
    await page.getByText('Stops at €10.00').waitFor();
    await kind.selectOption('After so much energy');
    await page.getByLabel(/^Stops at/).fill('30000');
    await button(page, 'Start charging').click();
    await page.getByRole('heading', { name: 'Charging' }).waitFor({ timeout: 30_000 });
    const shownLimit = page.getByRole('region', { name: 'Stop by itself' });
    await shownLimit.getByText(/ of 30\skWh/).waitFor();
    must('a running charge breaks no rule', (await broken(page, 'charging')).join('\n') === '');
    let least = 0;
    await until('the least that lies ahead is chosen', async () => { // on a slow machine it may be behind by then
      if (await button(page, 'Change').isVisible()) await button(page, 'Change').click();
      const slider = page.getByLabel(/^Stops at/);
      least = Number(await slider.getAttribute('min')) / 1000;
      await slider.fill(String(least * 1000));
      await button(page, 'Save').click();
      return Promise.race([
        shownLimit.getByText(/ of \d\skWh/).waitFor().then(() => true),
        page.getByText('It has come to that already.').waitFor().then(() => false),
      ]);
    });
    await page.getByText(new RegExp(`Ended:\\sat your limit of ${least}\\skWh`)).waitFor({ timeout: 60_000 });
    must('not before', Number.parseFloat(await shown(page, 'energy')) >= least);
    await until('the contactor is open', async () => !(await state(DISPLAY)).connectors[0].contactor.closed);
    await page.getByRole('link', { name: /^Me/ }).click();
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await page.getByText('Charging has ended at your limit', { exact: true }).waitFor();
  } finally {
    await tidy(DISPLAY);
  }
}

/** A reservation is kept for its driver; others are told why they cannot start. */
export async function reservation(page, context) {
  await page.setViewportSize(PHONE);
  await tidy(DISPLAY);
  const other = await context.browser().newContext({ locale: 'en-GB', viewport: PHONE });
  const stranger = await other.newPage();
  try {
    await register(page, newDriver('Rosa'));
    await go(page, `/station/${DISPLAY}`);
    await button(page, /^Reserve for/).click();
    await page.getByText('Reserved for Rosa').waitFor();
    const left = () => page.getByRole('timer').first().innerText();
    const first = await left();
    must(`about a quarter of an hour is left: ${first}`, /^1[45]:\d\d$/.test(first));
    await until('it counts down', async () => (await left()) !== first);

    await enter(stranger);
    await go(stranger, `/station/${DISPLAY}`);
    await stranger.getByText('Somebody else has reserved this connector. Nothing was started.').waitFor();
    must('nobody else can start', (await button(stranger, 'Start charging').count()) === 0);
    // From here on nothing is answered that the stranger's app asks of charge points: what it shows, it was told.
    await stranger.route(/\/api\/station/, () => undefined);

    await page.getByRole('link', { name: 'Find' }).click();
    await page.getByRole('link', { name: /^Reserved: Market square/ }).click();
    await button(page, 'Cancel the reservation').click();
    await button(page, /^Reserve for/).waitFor();
    await button(stranger, 'Start charging').waitFor();

    await act(DISPLAY, 'plug', { battery_kwh: 60, soc: 30, max_a: 16, phases: 3 });
    await button(page, 'Start charging').click();
    await page.getByRole('heading', { name: 'Charging' }).waitFor();
    await stranger.getByText('Somebody else uses this connector. Nothing was started.').waitFor();
    await stop(page);
  } finally {
    await other.close();
    await tidy(DISPLAY);
  }
}

/** Without a network the app opens, shows how it was and says so, and starts nothing. */
export async function offline(page, context) {
  await page.setViewportSize(PHONE);
  await enter(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.getByRole('link', { name: 'Wallet' }).click();
  await until('the balance', async () => (await shown(page, 'balance')).startsWith('€'));
  const balance = await shown(page, 'balance');
  await page.getByRole('link', { name: 'Find' }).click();
  await page.getByRole('link', { name: /Market square/ }).first().waitFor();
  await context.setOffline(true);
  await page.reload();
  await page.getByText('The server cannot be reached.').waitFor();
  await page.getByText(/What you see is from/).waitFor();
  await page.getByRole('link', { name: /Market square/ }).first().click();
  must('nothing can be started', await button(page, 'Start charging').isDisabled());
  await page.getByRole('link', { name: 'Wallet' }).click();
  must('the last balance is there', (await shown(page, 'balance')) === balance);
  await context.setOffline(false);
  await page.getByText('The server cannot be reached.').waitFor({ state: 'hidden', timeout: 30_000 });
}

/** The site's controller is cut off: the app says so, and what still works there. */
/** The uplink of the site is cut: app and dashboard say that it is not reachable, not that it is broken, or free. */
export async function site_away(page, context) {
  await page.setViewportSize(PHONE);
  await enter(page);
  await go(page, `/station/${DISPLAY}`);
  await page.getByText('Not reachable').first().waitFor({ timeout: 30_000 });
  await page.getByText('your card works there').waitFor();
  must('nothing can be started', (await button(page, 'Start charging').count()) === 0);
  await as_operator(context, dashboard.site_away);
}

export async function site_back(page, context) {
  await page.setViewportSize(PHONE);
  await enter(page);
  await go(page, `/station/${DISPLAY}`);
  await button(page, 'Start charging').waitFor({ timeout: 60_000 });
  await as_operator(context, dashboard.site_back);
}

/** In a browser of their own: whoever is logged in here stays so. */
async function as_operator(context, story) {
  const theirs = await context.browser().newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome', viewport: { width: 1280, height: 900 } });
  theirs.setDefaultTimeout(15_000);
  await story(await theirs.newPage(), theirs);
  await theirs.close();
}

/** The same app in the driver's language. */
export async function languages(page, context) {
  await page.setViewportSize(PHONE);
  const who = newDriver('Sven');
  await register(page, who);
  const told = async () => (await (await context.request.get(`${world.csms}/api/auth/me`)).json()).language;
  await until('notices come in the language of the browser', async () => (await told()) === 'en');
  await go(page, '/settings');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('sv');
  await page.getByRole('heading', { name: 'Aviseringar och språk' }).waitFor();
  await until('notices come in the language chosen', async () => (await told()) === 'sv');
  await page.getByRole('combobox', { name: 'Språk' }).selectOption('it');
  await page.getByRole('link', { name: 'Trova' }).click();
  await page.getByRole('heading', { name: 'Dove ricaricare' }).waitFor();
  must('the page says which language it is in', (await page.evaluate(() => document.documentElement.lang)) === 'it');
  await page.reload();
  await page.getByRole('heading', { name: 'Dove ricaricare' }).waitFor();
  await until('the account knows', async () => (await told()) === 'it');
  const elsewhere = await context.browser().newContext({ locale: 'en-GB', viewport: PHONE });
  const tablet = await elsewhere.newPage();
  await go(tablet, '/login');
  await tablet.getByLabel('E-mail').fill(who.email);
  await tablet.getByLabel('Password').fill(who.password);
  await button(tablet, 'Log in').click();
  await tablet.getByRole('heading', { name: 'Dove ricaricare' }).waitFor(); // as chosen on the other device
  await elsewhere.close();
  const swede = await context.browser().newContext({ locale: 'sv-SE', viewport: PHONE });
  const other = await swede.newPage();
  await other.goto(APP);
  await other.getByRole('heading', { name: 'Var du kan ladda' }).waitFor();
  must('money is written as in Sweden', /0,45\s€/.test(await other.getByRole('link', { name: /Market square/ }).first().innerText()));
  await swede.close();
}

/** Vehicles, a problem, another name, and the way out. */
export async function own_things(page) {
  await page.setViewportSize(PHONE);
  const who = newDriver('Vera');
  await register(page, who);
  await go(page, '/vehicles');
  await button(page, 'Add a vehicle').click();
  await page.getByLabel('What you call it').fill('Red one');
  await page.getByLabel('Battery, kWh').fill('58.5');
  await button(page, 'Save').click();
  await page.getByText('58.5 kWh').waitFor();
  await button(page, 'Change: Red one').click();
  await button(page, 'Remove').click();
  await button(page, 'Really remove?').click();
  await page.getByText('No vehicle yet').waitFor();
  await go(page, `/station/${DISPLAY}`);
  await button(page, 'Report a problem').click();
  await page.getByLabel('What is wrong').selectOption('blocked');
  await page.getByLabel('In your words').fill('a <b>van</b> stands there');
  await button(page, 'Send').click();
  await page.getByText('Thank you. The operator has been told.').waitFor();
  await go(page, '/c/00000000');
  await page.getByText('No connector has this code').waitFor();
  await go(page, '/scan');
  await page.getByLabel('Or type the code').fill('12');
  await button(page, 'Go on').click();
  await page.getByText('A code has eight letters and digits.').waitFor();
  await page.getByLabel('Or type the code').fill(world.codes[1].toLowerCase());
  await button(page, 'Go on').click();
  await page.getByRole('heading', { name: 'Station, fast' }).waitFor();
  await go(page, '/profile');
  await page.getByLabel('Surname').fill('Verdi');
  await button(page, 'Save').click();
  await page.getByText('Saved.').waitFor();
  await button(page, 'Delete the account').click();
  await page.getByLabel(/I give up my credit/).check();
  await page.getByRole('dialog').getByLabel('Present password').fill(who.password);
  await button(page, 'Delete for good').click();
  await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
}

const VIEWS = {
  find: '/', login: '/login', register: '/register', forgot: '/forgot', station: `/station/${DISPLAY}`, code: `/c/${world.codes[0]}`,
  wrong: '/c/00000000', scan: '/scan', charges: '/history', wallet: '/wallet', me: '/me', inbox: '/inbox', vehicles: '/vehicles', cards: '/cards',
  settings: '/settings', profile: '/profile',
};

/** What breaks a rule of WCAG 2.2 AA here, light and dark. */
async function broken(page, name) {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // a colour in mid-change has no contrast to judge
  if (await page.evaluate(() => typeof axe === 'undefined')) await page.evaluate(readFileSync(AXE, 'utf8')); // over the debugger, which the page's content policy does not bind
  const wrong = [];
  for (const [colorScheme, options] of [['light', { runOnly: { type: 'tag', values: RULES } }], ['dark', { runOnly: ['color-contrast'] }]]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await page.evaluate((given) => axe.run(given), options);
    wrong.push(...violations.flatMap(({ id, nodes }) => nodes.map((node) => `${name}, ${colorScheme}: ${id}: ${node.target}: ${node.failureSummary}`)));
  }
  return wrong;
}

/** Every page: no rule of WCAG 2.2 AA is broken, and nothing is wider than the smallest screen. */
export async function every_page(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  await enter(page);
  const wrong = [];
  for (const [name, hash] of Object.entries(VIEWS)) {
    await go(page, hash);
    await page.locator('h1').first().waitFor();
    await page.waitForFunction(() => !document.body.innerText.includes('One moment'));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    if (width > 320) wrong.push(`${name}: ${width} px wide on a screen of 320`);
    wrong.push(...(await broken(page, name)));
  }
  must(wrong.join('\n'), wrong.length === 0);
}

/** What a phone loads before the map is there. */
export async function first_load(page) {
  let bytes = 0;
  const bodies = [];
  page.on('response', (response) => {
    if (/\.js(\?|$)/.test(response.url())) bodies.push(response.body().then((body) => (bytes += gzipSync(body).length), () => undefined));
  });
  await page.goto(APP);
  await page.getByRole('region', { name: 'Map of charge points' }).locator('.pin').first().waitFor();
  await Promise.all(bodies);
  console.log(`first load: ${bytes} bytes of JavaScript, gzipped`);
  must(`${bytes} bytes of JavaScript at the first load, gzipped`, bytes > 10_000 && bytes <= MOST_FIRST_LOAD_BYTES);
}
