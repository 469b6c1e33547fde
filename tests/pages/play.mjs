/** Plays one story: `node play.mjs <page> <story>`. Whatever a story does, the page must ask no foreign host for anything,
 *  break no content policy and throw nothing. */
import { launch } from './browser.mjs';
import { world } from './world.mjs';

const [page_name, story_name] = process.argv.slice(2);
const stories = await import(`./stories/${page_name}.mjs`);
const story = stories[story_name];
if (!story) throw new Error(`there is no story ${story_name} in stories/${page_name}.mjs`);

const OWN = new Set([world.csms, world.site, world.bench]);
const wrong = [];
const browser = await launch(world.browserArguments);
const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Rome', viewport: { width: 1280, height: 900 } });
context.setDefaultTimeout(15_000);
context.on('request', (request) => {
  const { origin, protocol } = new URL(request.url());
  if (protocol.startsWith('http') && !OWN.has(origin)) wrong.push(`asked a foreign host: ${request.url()}`);
});
context.on('weberror', (event) => wrong.push(`threw: ${event.error()}`));
context.on('console', (message) => {
  if (message.text().includes('Content Security Policy')) wrong.push(message.text());
});

let page;
try {
  page = await context.newPage();
  await story(page, context);
} catch (error) {
  wrong.push(error.stack);
  wrong.push(`the page then showed:\n${await page?.locator('body').innerText().catch(() => '(nothing)')}`);
} finally {
  await browser.close();
}
for (const line of wrong) console.error(line);
process.exit(wrong.length ? 1 : 0);
