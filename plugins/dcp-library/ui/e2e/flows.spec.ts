/** What people do every day: look for a package, verify it, drop a new one into the folder. */
import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inspect, type Page, test } from '../../../../web/e2e/real';
import {
  expectPackages,
  FEATURE,
  NO_TROUBLES,
  openLibrary,
  openPackage,
  PACKAGES,
  packages,
  panel,
  row,
  SOON,
} from './library';

test.setTimeout(180_000);

/** Notes every bar of progress that is shown from now on, however short. */
async function watchProgress(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    new MutationObserver(() => {
      for (const bar of document.querySelectorAll('[role=progressbar]'))
        seen.push(bar.getAttribute('aria-label') ?? '');
    }).observe(document.body, { childList: true, subtree: true });
  });
}

const progressSeen = (page: Page) => page.evaluate(() => (window as unknown as { seen: string[] }).seen);

test('a package is searched, opened and verified, with its progress and its verdict', async ({
  page,
  house,
  troubles,
}) => {
  await openLibrary(page, house);
  await page.getByLabel('Search packages').fill('lantern ftr ov');
  await expectPackages(page, 1);
  await expect(page).toHaveURL(/q=lantern/);
  await row(page, FEATURE).click();
  await expect(panel(page, FEATURE)).toBeVisible();
  await inspect(page, 'package');
  await watchProgress(page);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(panel(page, FEATURE).getByText('Verified', { exact: true })).toHaveCount(2, SOON);
  expect(await progressSeen(page)).toContain('Verification');
  await expect(page.getByRole('button', { name: 'Verify', exact: true })).toBeEnabled();
  await page.getByRole('tab', { name: /^Assets/ }).click();
  await page.getByRole('button', { name: 'Packing lists' }).click();
  await expect(page.getByText('Matches')).toHaveCount(7);
  await inspect(page, 'verified');
  await page.getByRole('tab', { name: 'Places' }).click();
  await inspect(page, 'places');
  await page.getByRole('button', { name: 'Close panel' }).click();
  await expect(row(page, FEATURE)).toBeFocused();
  await expect(row(page, FEATURE)).toContainText('Verified');
  expect(troubles).toEqual(NO_TROUBLES);
});

test('a package dropped into the folder appears by itself, and one taken away goes', async ({
  page,
  house,
  troubles,
}) => {
  let documents = 0;
  page.on('domcontentloaded', () => documents++);
  const library = await openLibrary(page, house);
  const delivery = house.folder('delivery', 'dcp-library-demo', '--count', '1', '--seed', '7');
  const [name = ''] = readdirSync(join(delivery, '000'));
  await expect(row(page, name)).toHaveCount(0);
  renameSync(join(delivery, '000', name), join(library, name));
  await expectPackages(page, PACKAGES + 1);
  await page.getByLabel('Search packages').fill(name);
  await expect(row(page, name)).toContainText('Complete', SOON);
  await openPackage(page, name);
  await inspect(page, 'dropped');
  await page.getByRole('button', { name: 'Close panel' }).click();
  await page.getByLabel('Search packages').fill('');
  renameSync(join(library, name), join(delivery, name));
  await expectPackages(page, PACKAGES);
  await expect(packages(page)).not.toContainText(name);
  expect(documents, 'documents loaded').toBe(1);
  expect(troubles).toEqual(NO_TROUBLES);
});

test('several packages are chosen, summed up, verified and exported together', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await page.getByLabel('Search packages').fill('_ADV_');
  await expectPackages(page, 3);
  await packages(page).getByRole('row').nth(1).focus();
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  const bar = page.getByRole('region', { name: 'Actions on the selected packages' });
  await expect(bar).toContainText('3 packages selected');
  await expect(page.getByText(/ · .* selected$/)).toBeVisible();
  await inspect(page, 'selected');
  const download = page.waitForEvent('download');
  await bar.getByRole('button', { name: 'Export CSV' }).click();
  expect((await download).suggestedFilename()).toBe('packages.csv');
  await bar.getByRole('button', { name: 'Verify' }).click();
  await expect(page.getByText('3 of 3 verifications queued')).toBeVisible();
  await expect(packages(page).locator('[data-row]').getByText('Verified', { exact: true })).toHaveCount(3, SOON);
  expect(troubles).toEqual(NO_TROUBLES);
});
