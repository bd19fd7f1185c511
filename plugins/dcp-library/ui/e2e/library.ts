/** What the browser tests of the library share: a house with the show-case, an account, ways through the pages. */

import type { House } from '../../../../web/e2e/house';
import { expect, followBrowserTheme, type Page } from '../../../../web/e2e/real';

export const PACKAGES = 24;
export const FEATURE = 'LanternHill_FTR-1_S_EN-XX_INT_51_2K_LHS_20260912_LHP_SMPTE_OV';
export const USER = 'ada';
export const PASSWORD = 'correct horse battery';
/** For what is done by jobs. */
export const SOON = { timeout: 30_000 };
/** Nothing went wrong in the page. */
export const NO_TROUBLES = { console: [], unanswered: [], refused: [] };

export const packages = (page: Page) => page.getByRole('grid', { name: 'Packages' });
export const row = (page: Page, title: string) => packages(page).getByRole('row').filter({ hasText: title });
export const panel = (page: Page, title: string) => page.getByRole('region', { name: title });

/** That many packages are in the table. */
export async function expectPackages(page: Page, count: number): Promise<void> {
  // The heads of the columns are a row too.
  await expect(packages(page)).toHaveAttribute('aria-rowcount', `${count + 1}`, SOON);
}

export async function fillFirstAccount(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USER);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
}

export async function openPackage(page: Page, title: string): Promise<void> {
  await page.getByLabel('Search packages').fill(title);
  await row(page, title).click();
  await expect(panel(page, title)).toBeVisible();
}

/** Makes a library of the show-case and opens it as an admin; the path of its folder. */
export async function openLibrary(page: Page, house: House): Promise<string> {
  await followBrowserTheme(page);
  const folder = house.mount('library', 'dcp-library-demo');
  house.install('dcp-library');
  await page.goto(await house.serve());
  await fillFirstAccount(page);
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'DCP Library', exact: true }).click();
  await expectPackages(page, PACKAGES);
  await expect(page.getByText(/^scanned /)).toBeVisible(SOON);
  return folder;
}

/** Ticks a value of a filter above the table. */
export async function filterBy(page: Page, filter: string, value: RegExp): Promise<void> {
  const toolbar = page.getByRole('search', { name: 'Search and filter packages' });
  await toolbar.getByRole('button', { name: filter, exact: true }).click();
  await page.getByRole('menuitemcheckbox', { name: value }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
}

/** Leads to another page of the library. */
export async function openPart(page: Page, part: 'Packages' | 'Findings' | 'Storage'): Promise<void> {
  await page.getByRole('navigation', { name: 'Pages of the library' }).getByRole('link', { name: part }).click();
}
