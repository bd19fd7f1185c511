/** A new version of the plugin asks for more than the installed one: it waits until somebody has looked at it. */
import { expect, followBrowserTheme, inspect, test } from '../../../../web/e2e/real';
import { expectPackages, fillFirstAccount, NO_TROUBLES, PACKAGES, SOON } from './library';

const OLD = '0.0.9';
/** What the new version hears of and the old one did not. */
const MORE = 'files.changed';

test.setTimeout(180_000);

test('an upgrade that asks for more waits, is reviewed and approved', async ({ page, house, troubles }) => {
  await followBrowserTheme(page);
  house.mount('library', 'dcp-library-demo');
  house.installChanged('dcp-library', (manifest) => {
    manifest.version = OLD;
    for (const capability of manifest.capabilities)
      capability.allow = capability.allow.filter((allowance) => allowance.name !== MORE);
  });
  await page.goto(await house.serve());
  await fillFirstAccount(page);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  house.upgrade('dcp-library');
  const main = page.locator('#main');
  await expect(main.getByText(/^DCP Library .* waits for approval$/)).toBeVisible(SOON);
  await inspect(page, 'notice');
  await main.getByRole('link', { name: 'Review the new version of dcp-library' }).click();
  const review = main.getByRole('region', { name: /waits/ });
  await expect(review).toContainText(MORE);
  await expect(main.getByText(OLD, { exact: true }).first()).toBeVisible();
  await inspect(page, 'review');
  await review.getByRole('button', { name: 'Approve' }).click();
  await inspect(page, 'question');
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(main.getByText(OLD, { exact: true })).toHaveCount(0, SOON);
  await expect(main.getByText('Healthy').first()).toBeVisible(SOON);
  await expect(review).toHaveCount(0);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'DCP Library', exact: true }).click();
  await expectPackages(page, PACKAGES);
  expect(troubles).toEqual(NO_TROUBLES);
});
