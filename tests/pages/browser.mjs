/** Starts a real Chromium: one that the machine has if there is one, else the one that comes with the npm packages.
 *  Exit status 77 means that none can start here; the reason is on stderr. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import bundled from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const NO_BROWSER = 77;
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

function installed() {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // not here
      }
    }
  }
  return null;
}

// Pages of the tests are on this machine: a proxy for the internet must not see them. The bundled browser brings arguments
// for a cloud function, among them one that ends the browser with its first context, so it gets ours as well.
const ARGS = ['--no-sandbox', '--no-proxy-server', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'];

/** A running browser, or the end of this program; `more`: arguments beside the usual ones. */
export async function launch(more = []) {
  const tried = [];
  const own = installed();
  if (own) {
    try {
      return await chromium.launch({ executablePath: own, args: [...ARGS, ...more] });
    } catch (error) {
      tried.push(`${own}: ${firstLine(error)}`);
    }
  }
  try {
    return await chromium.launch({ executablePath: await bundled.executablePath(), args: [...ARGS, ...more] });
  } catch (error) {
    tried.push(`@sparticuz/chromium: ${firstLine(error)}`);
  }
  console.error(`no Chromium can start here (${tried.join('; ')})`);
  process.exit(NO_BROWSER);
}

function firstLine(error) {
  return String(error.message ?? error).split('\n')[0];
}
