/** How quickly the pages answer with so much of everything: `node speed.mjs <what>`, started by docs/benchmarks/pages_speed.py,
 *  prints one JSON object. What is slowed down is the page's own processor time (CDP Emulation.setCPUThrottlingRate). */
import { gzipSync } from 'node:zlib';
import { launch } from './browser.mjs';
import { until, world } from './world.mjs';

const LOADS = 3;
const GESTURES = 60; // steps of a drag or of a wheel, one every 16 ms
const STORM_S = 10;
const CLICK_EVERY_MS = 400;
const VIEWPORT = { width: 1280, height: 900 };

/** Runs in the page before anything of ours: notes long tasks, shifts of the layout, and when the main action answers. */
function probe(app) {
  const speed = { tasks: [], shift: 0, shifted: [], answered_ms: null, frames: [] };
  globalThis.speed = speed;
  const observe = (type, each) => new PerformanceObserver((list) => list.getEntries().forEach(each)).observe({ type, buffered: true });
  observe('longtask', (task) => speed.tasks.push([task.startTime, task.duration]));
  observe('layout-shift', (shift) => {
    if (shift.hadRecentInput) return;
    speed.shift += shift.value;
    speed.shifted.push(`${shift.value.toFixed(3)} ${shift.sources.map(({ node }) => node?.id || node?.className || node?.nodeName).join(', ')}`);
  });
  // The main action: on the dashboard to show the charge points of one state, in the app to open a charge point.
  const action = {
    dashboard: ['.chips button', (found) => found.isConnected && found.getAttribute('aria-pressed') === 'true'],
    app: ['.find li a', () => document.querySelector('.find .sheet h1') !== null],
  }[app];
  const [find, answers] = action ?? [];
  let clicked = null;
  function look() {
    if (clicked && answers(clicked)) {
      speed.answered_ms = performance.now();
      return;
    }
    const found = document.querySelector(find);
    if (found && found !== clicked) {
      clicked = found;
      found.click();
    }
    requestAnimationFrame(look);
  }
  if (action) requestAnimationFrame(look);

  let before = null;
  let watching = false;
  function frame(at) {
    if (!watching) return;
    if (before !== null) speed.frames.push(at - before);
    before = at;
    requestAnimationFrame(frame);
  }
  speed.watch = () => {
    [speed.frames, speed.tasks, speed.waits, before, watching] = [[], [], [], null, true];
    requestAnimationFrame(frame);
  };
  speed.stop = () => {
    watching = false;
  };
  // From the moment the browser took the click to the moment the page is told, and to the frame that shows the outcome.
  speed.waits = [];
  addEventListener('click', (event) => {
    if (!event.isTrusted || !watching) return;
    const told = performance.now() - event.timeStamp;
    requestAnimationFrame(() => setTimeout(() => speed.waits.push([told, performance.now() - event.timeStamp])));
  }, true);
}

const sum = (values) => values.reduce((total, value) => total + value, 0);
const most = (values) => values.reduce((found, value) => Math.max(found, value), 0);
const at = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const round = (value) => Math.round(value * 10) / 10;

const browser = await launch();

/** Logged in; with `click` the probe presses the page's main action as soon as it is there. */
async function opened(app, rate, click = true) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome', viewport: VIEWPORT });
  context.setDefaultTimeout(60_000);
  const who = app === 'app' ? world.driver : world.operator;
  const login = await context.request.post(`${world.csms}/api/auth/login`, { data: who });
  if (!login.ok()) throw new Error(`login: ${await login.text()}`);
  const page = await context.newPage();
  await page.addInitScript(probe, click ? app : '');
  const cdp = await context.newCDPSession(page);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate });
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { context, page, cdp };
}

const addressOf = (app) => (app === 'app' ? `${world.csms}/app/` : `${world.csms}/`);

// Asked from outside: the pages' content policy forbids what waitForFunction would do inside.
const answered = (page) =>
  until('the page answers', () => page.evaluate(() => globalThis.speed?.answered_ms != null).catch(() => false), 60_000);

/** From navigation until the main action answers; the cache is empty, the network is this machine. */
async function load(app, rate) {
  const { context, page, cdp } = await opened(app, rate);
  const scripts = [];
  page.on('response', (response) => response.request().resourceType() === 'script' && scripts.push(response));
  await page.goto(addressOf(app), { waitUntil: 'commit' });
  await answered(page);
  const { metrics } = await cdp.send('Performance.getMetrics');
  const work_s = metrics.find(({ name }) => name === 'TaskDuration').value; // its own processor time, whoever else uses it
  const until_then = [...scripts];
  await page.waitForTimeout(1000); // what comes after must not move what one reads
  const { tasks, answered_ms, shift, shifted } = await page.evaluate(() => ({ ...globalThis.speed, frames: [] }));
  const before = tasks.filter(([began]) => began < answered_ms).map(([, took]) => took);
  const sizes = await Promise.all(until_then.map(async (response) => gzipSync(await response.body().catch(() => '')).length));
  const later = await Promise.all(scripts.slice(until_then.length).map(async (response) => gzipSync(await response.body().catch(() => '')).length));
  await context.close();
  return {
    interactive_ms: answered_ms, work_ms: work_s * 1000, blocked_ms: sum(before.map((took) => Math.max(0, took - 50))), longest_task_ms: most(before),
    scripts_kb: sum(sizes) / 1000, scripts_after_kb: sum(later) / 1000, shift, shifted,
  };
}

/** The middle one of some loads by its time, each figure of it. */
async function loads(app, rate) {
  const all = [];
  for (let i = 0; i < LOADS; i++) all.push(await load(app, rate));
  const { shifted, ...middle } = all.sort((a, b) => a.interactive_ms - b.interactive_ms)[Math.floor(LOADS / 2)];
  return { ...Object.fromEntries(Object.entries(middle).map(([name, value]) => [name, name === 'shift' ? Number(value.toFixed(3)) : round(value)])),
    shifted: middle.shift > 0.05 ? shifted : [] };
}

/** Frames and long tasks while `act` goes on. */
async function watched(page, act) {
  await page.evaluate(() => globalThis.speed.watch());
  await act();
  await page.waitForTimeout(100);
  const { frames, tasks, waits } = await page.evaluate(() => {
    globalThis.speed.stop();
    return { ...globalThis.speed };
  });
  const found = {
    frames: frames.length, p95_ms: round(at(frames, 0.95)), longest_ms: round(most(frames)),
    over_50_percent: round((100 * frames.filter((each) => each > 50).length) / frames.length), longest_task_ms: round(most(tasks.map(([, took]) => took))),
  };
  if (waits.length) {
    Object.assign(found, {
      clicks: waits.length, delay_p95_ms: round(at(waits.map(([told]) => told), 0.95)), delay_max_ms: round(most(waits.map(([told]) => told))),
      shown_p95_ms: round(at(waits.map(([, shown]) => shown), 0.95)), shown_max_ms: round(most(waits.map(([, shown]) => shown))),
    });
  }
  return found;
}

const pause = (page) => page.waitForTimeout(16);

async function panAndZoom(page, map) {
  await map.scrollIntoViewIfNeeded();
  const { x, y, width, height } = await map.boundingBox();
  const [middle_x, middle_y] = [x + width / 2, y + height / 2];
  for (const way of [1, -1]) {
    await page.mouse.move(middle_x, middle_y);
    await page.mouse.down();
    for (let step = 1; step <= GESTURES; step++) {
      await page.mouse.move(middle_x + way * step * 4, middle_y + way * step * 2);
      await pause(page);
    }
    await page.mouse.up();
  }
  for (const deltaY of [-120, -120, 120, 120]) {
    await page.mouse.wheel(0, deltaY);
    await page.waitForTimeout(400);
  }
}

async function scroll(page) {
  await page.mouse.move(VIEWPORT.width / 2, VIEWPORT.height / 2 + 200);
  for (const way of [1, -1]) {
    for (let step = 0; step < GESTURES; step++) {
      await page.mouse.wheel(0, way * 60);
      await pause(page);
    }
  }
}

/** Scroll a table, turn its pages, search in it. */
async function browse(page, name, search) {
  await scroll(page);
  const older = page.getByRole('button', { name: /^(Older|Next)$/ }).last();
  for (let turn = 0; turn < 4 && (await older.count()) && (await older.isEnabled()); turn++) {
    await older.click();
    await page.waitForTimeout(250);
  }
  await page.getByRole('searchbox', { name }).pressSequentially(search, { delay: 40 });
  await page.waitForTimeout(600);
}

const TABLES = {
  'charge points': { hash: '#/', ready: '.chips', name: 'Search charge points', search: 'F12' },
  sessions: { hash: '#/sessions', ready: '#content tbody tr', name: 'Search sessions', search: 'person3' },
  people: { hash: '#/people', ready: '#content tbody tr', name: 'Search people', search: 'surname77' },
};

async function quiet(rate) {
  const found = { load: {}, map: {}, tables: {} };
  for (const app of ['dashboard', 'app']) {
    found.load[app] = await loads(app, rate);
    const { context, page } = await opened(app, rate, false);
    await page.goto(addressOf(app));
    const map = page.locator('.leaflet-container');
    await page.locator('.leaflet-marker-icon').first().waitFor();
    await page.waitForTimeout(1000);
    const markers = await page.locator('.leaflet-marker-icon').count();
    found.map[app] = { ...(await watched(page, () => panAndZoom(page, map))), markers };
    if (app === 'dashboard') {
      for (const [table, { hash, ready, name, search }] of Object.entries(TABLES)) {
        await page.evaluate((to) => { location.hash = to; }, hash);
        await page.locator(ready).first().waitFor();
        await page.waitForTimeout(500);
        found.tables[table] = { ...(await watched(page, () => browse(page, name, search))), rows: await page.locator('#content tbody tr').count() };
      }
    }
    await context.close();
  }
  return found;
}

const api = async (page, path) => (await page.request.get(`${world.csms}${path}`)).json();

/** Events as they come from charge points that all charge: clicks meanwhile, and then what is shown beside what is known. */
async function stormOn(app, rate) {
  const { context, page } = await opened(app, rate, false);
  let heard = 0;
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  cdp.on('Network.eventSourceMessageReceived', () => heard++);
  let answers = 0;
  page.on('response', (response) => response.url().includes('/api/') && response.request().resourceType() === 'fetch' && answers++);
  let streams = 0;
  page.on('request', (request) => request.resourceType() === 'eventsource' && streams++);
  await page.goto(addressOf(app));
  await page.locator('.leaflet-marker-icon').first().waitFor();
  await page.waitForTimeout(2000);
  const target = app === 'app' ? page.locator('.find input[type=checkbox], .find button[aria-pressed]').first() : page.locator('.chips button').first();
  await target.scrollIntoViewIfNeeded();
  const [before, asked] = [heard, answers];
  const found = await watched(page, async () => {
    const over = Date.now() + STORM_S * 1000;
    while (Date.now() < over) {
      const box = await target.boundingBox();
      if (box) await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
      await page.waitForTimeout(CLICK_EVERY_MS);
    }
  });
  Object.assign(found, { events_a_second: round((heard - before) / STORM_S), reads_a_second: round((answers - asked) / STORM_S), streams });
  // Every charge point falls silent in the middle of its charge: what is shown must come to be what is known.
  world.fleets.forEach((pid) => process.kill(pid, 'SIGSTOP'));
  try {
    const began = Date.now();
    found.right_after_ms = await until('the last values are shown', async () => {
      const known = new Map((await api(page, '/api/sessions?state=active&limit=1000')).map((row) => [row.charge_point, row.energy_wh]));
      const shown = await (app === 'app' ? shownInTheApp(page) : shownOnTheDashboard(page));
      return shown.length > 0 && shown.every(([identity, energy_wh, to_wh]) => Math.abs(known.get(identity) - energy_wh) <= to_wh) && Date.now() - began;
    }, 20_000).catch(() => null);
  } finally {
    world.fleets.forEach((pid) => process.kill(pid, 'SIGCONT'));
  }
  await context.close();
  return found;
}

/** Each session that is shown as running: its charge point, its energy in Wh, and how exactly that is shown. */
function shownOnTheDashboard(page) {
  return page.locator('tr:has([data-live=energy])').evaluateAll((rows) => rows.map((row) =>
    [row.querySelector('.name').textContent.replace(/^Point /, ''), Math.round(Number.parseFloat(row.querySelector('[data-live=energy]').textContent) * 1000), 0]));
}

function shownInTheApp(page) {
  return page.locator('a.bar.used').evaluateAll((rows) => rows.map((row) =>
    [/Point (\w+)/.exec(row.textContent)[1], Math.round(Number.parseFloat(/([\d.]+)\s*kWh/.exec(row.textContent)[1]) * 1000), 5]));
}

async function messages(rate) {
  const { context, page } = await opened('dashboard', rate, false);
  await page.goto(`${world.csms}/#/charge-points/F1/messages`);
  const shown = page.getByRole('switch', { name: /^Leave out/ });
  await shown.click();
  await page.locator('#content li details').first().waitFor();
  await page.waitForTimeout(500);
  const found = await watched(page, async () => {
    await scroll(page);
    await page.getByRole('searchbox', { name: 'Search in the messages' }).pressSequentially('MeterV', { delay: 40 });
    await page.waitForTimeout(600);
  });
  found.rows = await page.locator('#content li details').count();
  await context.close();
  return found;
}

const [what, ...rates] = process.argv.slice(2);
const told = {};
try {
  for (const rate of rates.map(Number)) {
    if (what === 'quiet') told[rate] = await quiet(rate);
    else told[rate] = { dashboard: await stormOn('dashboard', rate), app: await stormOn('app', rate), messages: await messages(rate) };
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(told));
