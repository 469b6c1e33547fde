/** The local controller's page on its first day: no password, no charge point, no central system, a meter that is silent. */
import { must, world } from '../world.mjs';

export async function first(page, context) {
  await page.goto(world.site);
  await page.getByRole('heading', { name: 'Set a password' }).waitFor();
  const [password, again] = [page.getByLabel('Password', { exact: true }), page.getByLabel('The same again')];
  await password.fill(world.sitePassword);
  await again.fill('something else');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await page.getByRole('alert').filter({ hasText: 'The two passwords differ.' }).waitFor();
  await again.fill(world.sitePassword);
  await page.getByRole('button', { name: 'Set the password' }).click();

  // who sets it is in
  await page.getByText('No charge point on this site yet').waitFor();
  await page.getByRole('region', { name: 'Central system' }).getByRole('status').filter({ hasText: /^Offline/ }).waitFor();
  const strangers = page.getByRole('region', { name: 'Not let in' });
  await strangers.getByText('SOMEBODYS-CHARGER').waitFor();
  await strangers.getByText('is not adopted').waitFor();
  await page.getByRole('alert').filter({ hasText: 'meter does not answer' }).waitFor();
  await page.getByRole('region', { name: 'Power' }).getByText('The building takes 20 A of them').waitFor();

  // and only the first is
  const other = await (await context.browser().newContext()).newPage();
  await other.goto(world.site);
  await other.getByRole('button', { name: 'Log in' }).waitFor();
  must('nobody else sets it', (await other.getByRole('heading', { name: 'Set a password' }).count()) === 0);
}
