/** Writes one picture of every view of the drivers' app, in each size and colour; started by driver_screenshots.py. */
import { join } from 'node:path';
import { launch } from './browser.mjs';
import { enter } from './stories/driver.mjs';
import { world } from './world.mjs';

const [out_dir] = process.argv.slice(2);
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1440, height: 900 } };
const [display, , reserved] = world.chargePoints;
const at = (hash) => (page) => page.goto(`${world.csms}/app/#${hash}`);

/** The name of a picture, the way there, and whether it takes in what lies below the edge of the screen. */
const VIEWS = [
  ['find-visitor', (page) => page.goto(`${world.csms}/app/`)],
  ['login', at('/login')], ['register', at('/register')], ['code-visitor', at(`/c/${world.codes[0]}`)],
  ['find', enter],
  ['station', at(`/station/${display}`), true], ['reserved', at(`/station/${reserved}`), true], ['code', at(`/c/${world.codes[0]}`), true],
  ['wrong-code', at('/c/00000000')], ['scan', at('/scan')],
  ['charging', at(`/charge/${world.running}`), true], ['charge', at(`/charge/${world.ended}`), true],
  ['history', at('/history')], ['wallet', at('/wallet')], ['me', at('/me')], ['inbox', at('/inbox')], ['vehicles', at('/vehicles')],
  ['cards', at('/cards')], ['settings', at('/settings'), true], ['profile', at('/profile'), true],
  ['top-up', async (page) => {
    await at('/wallet')(page);
    await page.getByRole('button', { name: 'Top up' }).click();
    await page.getByRole('dialog').waitFor();
  }],
];

const browser = await launch();
for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark']) {
    const context = await browser.newContext({
      viewport, colorScheme, deviceScaleFactor: size === 'phone' ? 2 : 1, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'Europe/Rome',
      geolocation: { latitude: world.here[0], longitude: world.here[1] }, permissions: ['geolocation'],
    });
    const page = await context.newPage();
    for (const [name, go, fullPage = false] of VIEWS) {
      await go(page);
      await page.locator('h1').first().waitFor();
      await page.waitForFunction(() => !document.body.innerText.includes('One moment'));
      await page.evaluate(() => document.fonts.ready.then(() => scrollTo(0, 0)));
      await page.waitForTimeout(400); // maps and curves are drawn after they are there
      const path = join(out_dir, `app-${name}-${size}-${colorScheme}.png`);
      await page.screenshot({ path, fullPage });
      console.log(path);
    }
    await context.close();
  }
}
await browser.close();
