/** What is kept of packages beside what is in them: findings, space, history, tags, copies and views. */
import { cpSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inspect, test } from '../../../../web/e2e/real';
import {
  expectPackages,
  FEATURE,
  filterBy,
  NO_TROUBLES,
  openLibrary,
  openPackage,
  openPart,
  PACKAGES,
  packages,
  panel,
  row,
  SOON,
} from './library';

test.setTimeout(180_000);

test('findings of the whole library lead to their packages', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await openPart(page, 'Findings');
  await expect(page.getByText('A listed file is not there.')).toBeVisible();
  await inspect(page, 'findings');
  await page.getByRole('link', { name: 'Show the 1 package with asset_missing' }).click();
  await expectPackages(page, 1);
  await expect(row(page, 'HalfOfTheMoon')).toBeVisible();
  await page.getByRole('button', { name: 'Remove the filter by the finding asset_missing' }).click();
  await expectPackages(page, PACKAGES);
  expect(troubles).toEqual(NO_TROUBLES);
});

test('the storage page tells where the space goes and leads there', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await openPart(page, 'Storage');
  await expect(page.getByText(`In ${PACKAGES} packages`)).toBeVisible();
  for (const title of ['By mount', 'By kind', 'By age in the library', 'By issuer'])
    await expect(page.getByRole('heading', { name: title })).toBeVisible();
  await expect(page.getByText(/ in packages, .* free of /)).toBeVisible();
  await inspect(page, 'storage');
  await page.getByRole('link', { name: 'Advert', exact: true }).click();
  await expectPackages(page, 3);
  await expect(page).toHaveURL(/kind=advertisement/);
  expect(troubles).toEqual(NO_TROUBLES);
});

test('tags, a note and the history stay with a package', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await openPackage(page, FEATURE);
  const feature = panel(page, FEATURE);
  await feature.getByLabel('New tag').fill('festival, open air');
  await feature.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(feature.getByRole('list', { name: 'Tags' }).getByRole('listitem')).toHaveText(['festival', 'open air']);
  await feature.getByLabel('Note', { exact: true }).fill('The director comes to the first show.');
  await feature.getByRole('button', { name: 'Save the note' }).click();
  await expect(page.getByText('Note saved')).toBeVisible();
  await inspect(page, 'tagged');
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(feature.getByText('Verified: every file matches')).toBeVisible(SOON);
  await expect(feature.getByText('Seen for the first time')).toBeVisible();
  await inspect(page, 'history');
  await page.reload();
  await expect(feature.getByText('Verified: every file matches')).toBeVisible();
  await page.getByRole('button', { name: 'Close panel' }).click();
  await page.getByLabel('Search packages').fill('');
  await filterBy(page, 'Tag', /^festival/);
  await expectPackages(page, 1);
  await expect(row(page, FEATURE)).toBeVisible();
  expect(troubles).toEqual(NO_TROUBLES);
});

test('a second copy of a package is found, and each is verified by itself', async ({ page, house, troubles }) => {
  const library = await openLibrary(page, house);
  const [delivery, shelf] = [join(library, '../delivery'), join(library, 'shelf')];
  cpSync(join(library, FEATURE), join(delivery, FEATURE), { recursive: true, preserveTimestamps: true });
  mkdirSync(shelf);
  renameSync(join(delivery, FEATURE), join(shelf, FEATURE));
  await filterBy(page, 'Duplicates', /^Several copies/);
  await expectPackages(page, 1);
  await openPackage(page, FEATURE);
  await page.getByRole('tab', { name: 'Places' }).click();
  const places = panel(page, FEATURE).getByRole('tabpanel').getByRole('listitem');
  await expect(places).toHaveCount(2);
  await expect(places.filter({ hasText: 'shelf/' })).toContainText('Complete');
  await inspect(page, 'copies');
  await places.filter({ hasText: 'shelf/' }).getByRole('button', { name: 'Verify this copy' }).click();
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(panel(page, FEATURE).getByText('Verified: every file matches')).toBeVisible(SOON);
  await expect(panel(page, FEATURE).getByText('A copy was found')).toBeVisible();
  await page.getByRole('button', { name: 'Close panel' }).click();
  await openPart(page, 'Storage');
  await expect(page.getByText('of 1 package', { exact: true })).toBeVisible();
  expect(troubles).toEqual(NO_TROUBLES);
});

test('a view is saved, taken again after a reload, and deleted', async ({ page, house, troubles }) => {
  await openLibrary(page, house);
  await filterBy(page, 'Kind', /^Trailer/);
  await page.getByLabel('Search packages').fill('smpte');
  await expect(page).toHaveURL(/kind=trailer/);
  await expect(page).toHaveURL(/q=smpte/);
  const count = await packages(page).getAttribute('aria-rowcount');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByLabel('Name of a new view').fill('Trailers to check');
  await inspect(page, 'views');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('dialog').getByRole('button', { name: 'Trailers to check', exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const views = page.getByRole('button', { name: 'Trailers to check', exact: true });
  await expect(views).toBeVisible();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expectPackages(page, PACKAGES);
  await page.reload();
  await expectPackages(page, PACKAGES);
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Trailers to check', exact: true }).click();
  await expect(packages(page)).toHaveAttribute('aria-rowcount', count ?? '');
  await expect(page).toHaveURL(/kind=trailer/);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await views.click();
  await page.getByRole('button', { name: 'Delete view Trailers to check' }).click();
  await expect(views).toHaveCount(0);
  expect(troubles).toEqual(NO_TROUBLES);
});
