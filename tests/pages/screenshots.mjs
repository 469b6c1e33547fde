/** Writes one picture of every view, in each size and colour: `node screenshots.mjs OUT_DIR`, started by screenshots.py. */
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { enter as enterDashboard } from './stories/dashboard.mjs';
import { enter as enterSite } from './stories/site.mjs';
import { world } from './world.mjs';

const [out_dir] = process.argv.slice(2);
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const [charging, free, faulted, waiting, dark] = world.chargePoints;

const bench = (identity) => async (page) => {
  await page.goto(`${world.bench}/#${identity}`);
  await page.reload(); // the part after # alone loads nothing
  await page.getByRole('region', { name: `${identity}, connector 1` }).waitFor();
};

/** A page of the dashboard, once what it shows has come: a map, a curve, an answer of the charge point. */
const dashboard = (path, ready = '#content table') => async (page) => {
  await page.evaluate((hash) => { location.hash = hash; }, `#/${path}`);
  await page.locator(ready).first().waitFor();
};

/** What is shown, how one gets there, and whether the picture takes in what lies below the edge of the screen. */
const VIEWS = [
  ['dashboard-login', (page) => page.goto(world.csms)],
  ['dashboard', async (page) => {
    await enterDashboard(page);
    await page.locator('.leaflet-marker-icon').first().waitFor();
  }, true],
  ['dashboard-start', async (page) => {
    await page.getByRole('button', { name: /^Start a charge/ }).first().click();
    await page.locator('dialog button[type=submit]:enabled').waitFor();
  }],
  ['dashboard-charge-point', async (page) => {
    await page.keyboard.press('Escape');
    await dashboard(`charge-points/${charging}`)(page);
  }, true],
  ['dashboard-messages', dashboard(`charge-points/${charging}/messages`, '#content li')],
  ['dashboard-operations', dashboard(`charge-points/${free}/operations`, '#content fieldset'), true],
  ['dashboard-configuration', dashboard(`charge-points/${free}/configuration`)],
  ['dashboard-edit', dashboard(`charge-points/${free}/edit`, '#content .leaflet-marker-icon'), true],
  ['dashboard-sessions', dashboard('sessions'), true],
  ['dashboard-session', dashboard('sessions/4', '#content canvas'), true],
  ['dashboard-reservations', dashboard('reservations', '#content section')],
  ['dashboard-tariffs', dashboard('tariffs'), true],
  ['dashboard-tariff', dashboard('tariffs/1', '#content [data-total]'), true],
  ['dashboard-people', dashboard('people')],
  ['dashboard-person', dashboard('people/2'), true],
  ['dashboard-report', dashboard('report'), true],
  ['dashboard-alerts', dashboard('alerts'), true],
  ['dashboard-audit', dashboard('audit')],
  ['dashboard-settings', dashboard('settings'), true],
  ['dashboard-system', dashboard('system'), true],
  ['site-login', (page) => page.goto(world.site)],
  ['site', async (page) => {
    await enterSite(page);
    await page.getByRole('button', { name: 'Make an adoption code' }).click();
    await page.locator('[data-code]').waitFor();
  }, true],
  ['bench-charging', bench(charging), true],
  ['bench-free', bench(free), true],
  ['bench-fault', bench(faulted), true],
  ['bench-waiting', bench(waiting), true],
  ['bench-dark', bench(dark), true],
  ['bench-add', async (page) => {
    await page.getByRole('button', { name: 'Add a charge point' }).click();
    await page.getByRole('dialog', { name: 'Add a charge point' }).waitFor();
  }],
];

const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      viewport, colorScheme, deviceScaleFactor: size === 'phone' ? 2 : 1, reducedMotion: 'reduce',
      locale: 'en-GB', timezoneId: 'Europe/Rome',
    });
    const page = await context.newPage();
    for (const [name, go, fullPage = false] of VIEWS) {
      await go(page);
      await page.evaluate(() => document.fonts.ready.then(() => scrollTo(0, 0)));
      const path = join(out_dir, `${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage });
      console.log(path);
    }
    await context.close();
  }
}
await browser.close();
