/** Firmware from the operator's hand to the charge point, which has nothing to install it with and says so. */
import { must, world } from '../world.mjs';
import { enter } from './dashboard.mjs';

export async function update(page) {
  const identity = world.chargePoints[1];
  await enter(page);
  await page.evaluate((hash) => { location.hash = hash; }, `#/charge-points/${identity}/operations`);
  const card = page.getByRole('region', { name: 'Firmware' });
  const image = { name: 'cp 2.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(20_000, 7) };
  await card.getByLabel('Upload an image').setInputFiles(image);
  await card.getByText('cp_2.bin is there to be installed.').waitFor();
  must('the image is chosen', /^cp_2\.bin, 20\.0 kB/.test(await card.getByLabel('Image', { exact: true }).locator('option:checked').innerText()));
  await card.getByRole('button', { name: 'Install', exact: true }).click();
  const row = card.getByRole('row').filter({ hasText: 'cp_2.bin' });
  await row.getByText('the installation failed').waitFor({ timeout: 30_000 });
  const said = await row.getByRole('listitem').allInnerTexts();
  const words = said.map((each) => each.replace(/ \d.*/, ''));
  must(`it said what it did: ${words}`, words.join() === 'downloads,downloaded,the installation failed');
  await card.getByRole('button', { name: 'Delete this image' }).click();
  await card.getByText('The image is deleted.').waitFor();
}

export async function registration(page) {
  const identity = world.chargePoints[1];
  await enter(page);
  await page.evaluate((hash) => { location.hash = hash; }, `#/charge-points/${identity}/operations`);
  const card = page.getByRole('region', { name: 'Acceptance' });
  const settings = card.getByLabel('Settings it must take first');
  await settings.fill('HeartbeatInterval 300');
  await card.getByRole('button', { name: 'Keep' }).click();
  await card.getByRole('alert').filter({ hasText: 'is no setting' }).waitFor();
  await settings.fill('HeartbeatInterval = 300');
  await card.getByRole('button', { name: 'Keep' }).click();
  await card.getByText('Kept; it counts from its next start on.').waitFor();
  await page.reload();
  await card.waitFor();
  await page.waitForFunction(() => document.querySelector('textarea')?.value === 'HeartbeatInterval = 300');
  await settings.fill('');
  await card.getByRole('button', { name: 'Keep' }).click();
  await card.getByText('Kept; it counts from its next start on.').waitFor();
}
