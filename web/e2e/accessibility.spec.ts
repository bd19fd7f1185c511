import { accessibilityProblems, expect, type Start, start, test } from './world';

/** Each page with something that is there only once it is drawn. */
const PAGES: [string, string][] = [
  ['/', 'Running now'],
  ['/jobs', 'Check entry'],
  ['/plugins', 'Sample catalogue'],
  ['/plugins/sample-transfer', 'out of fuel'],
  ['/plugins/sample-catalogue?tab=grants', 'Use files in mounted folders'],
  ['/plugins/sample-catalogue?tab=config', 'Intake folder'],
  ['/plugins/sample-catalogue?tab=logs', 'Checked an entry'],
  ['/plugins/sample-catalogue?tab=metrics', 'Slowest of 100 calls'],
  ['/storage', 'intake'],
  ['/users', 'margaret'],
  ['/users?tab=keys', 'backup script'],
  ['/audit', 'plugin.install'],
  ['/entries', 'autumn-0417-00001'],
  ['/p/sample-catalogue/broken', 'could not draw this'],
  ['/p/nobody/page', 'was removed'],
  ['/no-such-page', 'There is no page'],
];

const LOOKS: [string, Start, { width: number; height: number }][] = [
  ['dark', { theme: 'dark' }, { width: 1440, height: 900 }],
  ['light', { theme: 'light' }, { width: 1440, height: 900 }],
  ['small', { theme: 'dark' }, { width: 375, height: 812 }],
];

for (const [look, how, viewport] of LOOKS) {
  test.describe(look, () => {
    test.use({ viewport });

    for (const [path, sign] of PAGES) {
      test(`${path} has no accessibility problem`, async ({ page, baseURL }) => {
        await start(page, baseURL ?? '', how);
        await page.goto(path);
        await expect(page.locator('#main').getByText(sign).first()).toBeVisible();
        expect(await accessibilityProblems(page)).toEqual([]);
      });
    }

    test('a framed page has no accessibility problem', async ({ page, baseURL }) => {
      await start(page, baseURL ?? '', how);
      await page.goto('/p/sample-notes/notes');
      await expect(page.frameLocator('iframe').getByText('autumn-0417-00001')).toBeVisible();
      expect(await accessibilityProblems(page)).toEqual([]);
    });

    test('the sign-in has no accessibility problem', async ({ page, baseURL }) => {
      await start(page, baseURL ?? '', { ...how, signedIn: false });
      await page.goto('/jobs');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByText('Enter your password.')).toBeVisible();
      expect(await accessibilityProblems(page)).toEqual([]);
    });
  });
}

for (const scenario of ['empty', 'failing'] as const) {
  for (const path of ['/', '/jobs', '/plugins', '/storage', '/users', '/audit']) {
    test(`${path} has no accessibility problem when ${scenario}`, async ({ page, baseURL }) => {
      await start(page, baseURL ?? '', { scenario });
      await page.goto(path);
      const sign = scenario === 'failing' ? 'This could not be loaded' : /No |Nothing|\brows?\b/;
      await expect(page.locator('#main').getByText(sign).first()).toBeVisible({ timeout: 20_000 });
      expect(await accessibilityProblems(page)).toEqual([]);
    });
  }
}

test('dialogs, menus and the palette have no accessibility problem', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/users');
  await page.getByRole('button', { name: 'Create user' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Actions for grace' }).click();
  await expect(page.getByRole('menu')).toBeVisible();
  expect(await accessibilityProblems(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toBeHidden();
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('combobox')).toBeFocused();
  expect(await accessibilityProblems(page)).toEqual([]);
});

test('what failed is told without an accessibility problem', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/users');
  await page.route('**/api/v1/auth/logout', (route) =>
    route.fulfill({ status: 503, json: { code: 'unavailable', message: 'try again in a minute', request_id: 'r-1' } }),
  );
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  expect(await accessibilityProblems(page)).toEqual([]);
});
