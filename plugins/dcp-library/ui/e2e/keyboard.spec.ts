/** The whole way without a mouse: first account, sign out, sign in, a package, its verification, sign out. */
import { expect, followBrowserTheme, type Page, test } from '../../../../web/e2e/real';
import { expectPackages, FEATURE, NO_TROUBLES, PACKAGES, PASSWORD, packages, panel, row, SOON, USER } from './library';

/** More presses than lead around any page. */
const MOST_PRESSES = 80;

test.setTimeout(180_000);

/** Presses a key until what is looked for has the focus, which has to be seen. */
async function reach(page: Page, what: ReturnType<Page['locator']>, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
    if (await what.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${what} is not reached within ${MOST_PRESSES} presses of ${key}`);
}

async function type(page: Page, field: string, text: string): Promise<void> {
  await reach(page, page.getByLabel(field, { exact: true }));
  await page.keyboard.type(text);
}

async function signOut(page: Page): Promise<void> {
  await reach(page, page.getByRole('button', { name: `Account ${USER}` }));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('menu')).toBeVisible();
  await reach(page, page.getByRole('menuitem', { name: 'Sign out' }), 'ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
}

test('everything can be done with the keyboard alone', async ({ page, house, troubles }) => {
  await followBrowserTheme(page);
  house.mount('library', 'dcp-library-demo');
  house.install('dcp-library');
  await page.goto(await house.serve());
  await type(page, 'User name', USER);
  await type(page, 'Password', PASSWORD);
  await type(page, 'Password again', PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await signOut(page);

  await type(page, 'User name', USER);
  await type(page, 'Password', PASSWORD);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await expectPackages(page, PACKAGES);
  await expect(page.getByText(/^scanned /)).toBeVisible(SOON);
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search packages')).toBeFocused();
  await page.keyboard.type('lanternhill_ftr');
  await expectPackages(page, 3);
  await reach(page, packages(page).locator('[data-row][tabindex="0"]'));
  await reach(page, row(page, FEATURE), 'ArrowDown');
  await page.keyboard.press('Enter');
  await expect(panel(page, FEATURE)).toBeVisible();
  await reach(page, page.getByRole('button', { name: 'Verify', exact: true }));
  await page.keyboard.press('Enter');
  await expect(panel(page, FEATURE).getByText('Verified', { exact: true })).toHaveCount(2, SOON);
  await reach(page, page.getByRole('tab', { name: 'Overview' }));
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Matches')).toHaveCount(6);
  await reach(page, page.getByRole('button', { name: 'Packing lists' }));
  await page.keyboard.press('Enter');
  await expect(page.getByText('Matches')).toHaveCount(7);
  await page.keyboard.press('Escape');
  await expect(panel(page, FEATURE)).toHaveCount(0);
  await expect(row(page, FEATURE)).toBeFocused();
  await signOut(page);
  expect(troubles).toEqual(NO_TROUBLES);
});
