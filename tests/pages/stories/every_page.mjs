/** What holds for every page: people who see, hear or move differently can use it, on any screen. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { must, world } from '../world.mjs';
import { enter as enterDashboard } from './dashboard.mjs';
import { enter as enterSite } from './site.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** A page of the dashboard, once what it shows has come. */
function at(...parts) {
  return async (page) => {
    await page.evaluate((hash) => { location.hash = hash; }, `#/${parts.join('/')}`);
    await page.locator('#content :is(section, form)').first().waitFor();
  };
}

const VIEWS = {
  'dashboard login': (page) => page.goto(world.csms),
  'dashboard': enterDashboard,
  'start dialog': async (page) => {
    await page.getByRole('button', { name: /^Start a charge/ }).first().click();
    await page.locator('dialog button[type=submit]:enabled').waitFor();
  },
  'menu': async (page) => {
    await page.keyboard.press('Escape');
    const menu = page.locator('summary[aria-label=Menu]');
    if (await menu.isVisible()) await menu.click();
  },
  'add a charge point': at('add'),
  'charge point': at('charge-points', world.chargePoints[0]),
  'its messages': at('charge-points', world.chargePoints[0], 'messages'),
  'its operations': at('charge-points', world.chargePoints[0], 'operations'),
  'its configuration': at('charge-points', world.chargePoints[0], 'configuration'),
  'its security': at('charge-points', world.chargePoints[0], 'security'),
  'its form': at('charge-points', world.chargePoints[0], 'edit'),
  'sessions': at('sessions'),
  'reservations': at('reservations'),
  'tariffs': at('tariffs'),
  'a new tariff': at('tariffs', 'new'),
  'people': at('people'),
  'a person': at('people', 1),
  'report': at('report'),
  'alerts': at('alerts'),
  'audit log': at('audit'),
  'settings': at('settings'),
  'system': at('system'),
  'site login': (page) => page.goto(world.site),
  'site': enterSite,
  'bench': async (page) => {
    await page.goto(world.bench);
    await page.locator('svg[data-contactor]').waitFor();
  },
};

async function everywhere(page, look, names = Object.keys(VIEWS)) {
  const wrong = [];
  for (const name of names) {
    const go = VIEWS[name];
    await go(page);
    await page.locator('h1').first().waitFor();
    wrong.push(...(await look(name)));
  }
  must(wrong.join('\n'), wrong.length === 0);
}

export async function accessible(page) {
  await page.emulateMedia({ reducedMotion: 'reduce' }); // a colour in mid-change has no contrast to judge
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    await page.context().clearCookies();
    await everywhere(page, async (name) => {
      // the tool comes over the debugger, which the page's content policy does not bind
      if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(readFileSync(AXE, 'utf8'));
      // colours are all that differs in the dark
      const what = colorScheme === 'light' ? { type: 'tag', values: RULES } : { type: 'rule', values: ['color-contrast'] };
      const { violations } = await page.evaluate((runOnly) => axe.run({ runOnly, resultTypes: ['violations'] }), what);
      return violations.flatMap(({ id, nodes }) =>
        nodes.map((node) => `${name}, ${colorScheme}: ${id}: ${node.target}: ${node.failureSummary}`));
    });
  }
}

export async function narrow(page) {
  await page.setViewportSize({ width: 320, height: 640 });
  await everywhere(page, async (name) => {
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    return width > 320 ? [`${name}: ${width} px wide on a screen of 320`] : [];
  });
}

export async function wide(page) {
  await page.setViewportSize({ width: 3840, height: 2160 });
  await everywhere(page, async (name) => {
    const size = await page.evaluate(() => parseFloat(getComputedStyle(document.querySelector('button')).fontSize));
    return size < 20 ? [`${name}: letters of ${size} px on a wall display`] : [];
  }, ['dashboard login', 'dashboard', 'site login', 'site', 'bench']); // the letters of a page are those of its base
}

export async function theme(page) {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(world.bench);
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  const toggle = page.getByRole('button', { name: /^Colours:/ });
  await toggle.click();
  must('light stays light', (await paper()) === light);
  await toggle.click();
  const dark = await paper();
  must('dark is another colour', dark !== light);
  await page.reload();
  await toggle.waitFor();
  must('the choice outlives a reload', (await paper()) === dark);
}
