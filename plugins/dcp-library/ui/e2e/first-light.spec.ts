/** First light: from the link the server prints to a verified package, a right taken back and given again. */
import { expect, followBrowserTheme, type Page, picture, test } from '../../../../web/e2e/real';
import {
  expectPackages,
  FEATURE,
  fillFirstAccount,
  openPackage,
  PACKAGES,
  PASSWORD,
  packages,
  panel,
  row,
  SOON,
  USER,
} from './library';

/** Pictures and sounds of the feature's three reels, and its composition. */
const FEATURE_ASSETS = 7;
const DAMAGED = 'BrokenMirrors_TLR-1_S_EN-XX_INT_51_2K_BRM_20260330_LHP_SMPTE_OV';

/** `small`: pages are found in a sheet, and a panel covers the list. */
interface Visit {
  page: Page;
  small: boolean;
}

const LOOKS = [
  { look: 'wide', viewport: { width: 1440, height: 900 }, small: false },
  { look: 'small', viewport: { width: 375, height: 812 }, small: true },
];

for (const { look, viewport, small } of LOOKS) {
  test.describe(look, () => {
    test.use({ viewport });
    test.setTimeout(180_000);

    test('first light', async ({ page, house, troubles }) => {
      const visit: Visit = { page, small };
      let documents = 0;
      page.on('domcontentloaded', () => documents++);
      await followBrowserTheme(page);
      house.mount('library', 'dcp-library-demo');
      house.install('dcp-library');
      await page.goto(await house.serve());
      await test.step('the printed link leads to the first account', () => makeAccount(visit));
      await test.step('the library lists what lies in the folder', () => seeLibrary(visit));
      await test.step('a package shows its reels and assets', () => seePackage(visit));
      await test.step('a verification finds all files right', () => verifyGood(visit));
      await test.step('a verification finds the damaged file', () => verifyDamaged(visit));
      await test.step('without the right to files packages are unreachable', () => takeRight(visit));
      await test.step('with the right given again they come back', () => giveRight(visit));
      await test.step('a wrong password is told, the right one leads in', () => comeAgain(visit));
      expect(documents, 'documents loaded').toBe(1);
      expect(troubles).toEqual({ console: [], unanswered: [], refused: ['401 POST /api/v1/auth/login'] });
    });
  });
}

const states = (page: Page, word: string) => packages(page).getByText(word, { exact: true });
const right = (page: Page, action: string) =>
  page.getByRole('button', { name: `${action}: Use files in mounted folders` });

async function openPage({ page, small }: Visit, title: string) {
  if (small) await page.getByRole('button', { name: 'More', exact: true }).click();
  const navigation = page.getByRole('navigation', { name: small ? 'All pages' : 'Pages' });
  await navigation.getByRole('link', { name: title, exact: true }).click();
}

async function signIn(page: Page, password: string) {
  await page.getByLabel('User name').fill(USER);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

async function makeAccount({ page }: Visit) {
  await fillFirstAccount(page);
  await picture(page, '1-setup');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await expect(page.getByRole('button', { name: `Account ${USER}` })).toBeVisible();
}

async function seeLibrary(visit: Visit) {
  const { page } = visit;
  await openPage(visit, 'DCP Library');
  await expect(page.getByRole('heading', { name: 'DCP library' })).toBeVisible();
  await expectPackages(page, PACKAGES);
  await expect(page.getByText(/^scanned /)).toBeVisible(SOON);
  await expect(page.getByText(`${PACKAGES} packages`)).toBeVisible();
  await expect(row(page, 'HalfOfTheMoon')).toContainText('Incomplete');
  await picture(page, '2-library');
}

async function seePackage({ page }: Visit) {
  await openPackage(page, FEATURE);
  await page.getByText('Show 3 reels as a table').click();
  await expect(page.getByRole('cell', { name: 'Picture, Sound en' })).toHaveCount(3);
  await picture(page, '3-package');
  await page.getByRole('tab', { name: /^Assets/ }).click();
  await page.getByRole('button', { name: 'Packing lists' }).click();
  await expect(page.getByText('Not hashed')).toHaveCount(FEATURE_ASSETS);
  await picture(page, '4-assets');
}

async function verifyGood({ page }: Visit) {
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(page.getByText('Matches')).toHaveCount(FEATURE_ASSETS, SOON);
  await page.getByRole('tab', { name: 'Overview' }).click();
  await expect(panel(page, FEATURE).getByText('Verified', { exact: true })).toHaveCount(2);
  await page.getByRole('button', { name: 'Close panel' }).click();
}

async function verifyDamaged({ page }: Visit) {
  await openPackage(page, DAMAGED);
  await page.getByRole('button', { name: 'Verify', exact: true }).click();
  await expect(panel(page, DAMAGED).getByText('Damaged')).toBeVisible(SOON);
  await page.getByRole('tab', { name: /^Assets/ }).click();
  await page.getByRole('button', { name: 'Packing lists' }).click();
  await expect(page.getByText('Hash differs')).toHaveCount(1);
  await expect(page.getByText('Matches')).toHaveCount(2);
  await picture(page, '5-damaged');
  await page.getByRole('button', { name: 'Close panel' }).click();
  await expect(states(page, 'Damaged')).toHaveCount(1);
  await page.getByLabel('Search packages').fill('');
}

async function takeRight(visit: Visit) {
  const { page } = visit;
  await openPage(visit, 'Plugins');
  await page.getByRole('grid', { name: 'Plugins' }).getByRole('row').filter({ hasText: 'DCP Library' }).click();
  await page.getByRole('tab', { name: /^Grants/ }).click();
  await right(page, 'Revoke').click();
  await picture(page, '6-question');
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(right(page, 'Grant')).toBeVisible();
  await picture(page, '7-revoked');
  await openPage(visit, 'DCP Library');
  await expect(states(page, 'Unreachable').first()).toBeVisible();
  for (const other of ['Complete', 'Incomplete', 'Damaged']) await expect(states(page, other)).toHaveCount(0);
  const banner = page.getByRole('status').filter({ hasText: 'The right to read library was taken back' });
  await expect(banner).toContainText(`Its ${PACKAGES} packages are shown as unreachable.`);
  await picture(page, '8-unreachable');
}

async function giveRight(visit: Visit) {
  const { page } = visit;
  await page.getByRole('link', { name: 'Open the grants' }).click();
  await right(page, 'Grant').click();
  await page.getByLabel('Type dcp-library to confirm').fill('dcp-library');
  await page.getByRole('dialog').getByRole('button', { name: 'Grant' }).click();
  await expect(right(page, 'Revoke')).toBeVisible();
  await openPage(visit, 'DCP Library');
  await expect(states(page, 'Complete').first()).toBeVisible(SOON);
  await expect(states(page, 'Damaged')).toHaveCount(1);
  await expect(states(page, 'Unreachable')).toHaveCount(0);
  await expect(page.getByText('shown as unreachable')).toHaveCount(0);
  await picture(page, '9-back');
}

async function comeAgain({ page }: Visit) {
  await page.getByRole('button', { name: `Account ${USER}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signIn(page, 'not my password');
  await expect(page.getByRole('alert')).toHaveText('the user name or the password is wrong');
  await picture(page, '10-wrong-password');
  await signIn(page, PASSWORD);
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await expect(page.getByText('1 damaged')).toBeVisible();
  await picture(page, '11-dashboard');
}
