import { accessibilityProblems, expect, start, test } from './world';

test.describe('with a German browser', () => {
  test.use({ locale: 'de-DE' });

  test('the shell and the pages of plugins are German', async ({ page, baseURL }) => {
    await start(page, baseURL ?? '');
    await page.goto('/');
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await expect(page.getByRole('heading', { name: 'Übersicht' })).toBeVisible();
    await page.getByRole('navigation', { name: 'Seiten' }).getByRole('link', { name: 'Aufträge' }).click();
    await expect(
      page
        .getByRole('grid')
        .getByText(/vor \d+ (Min|Std|Tag)/)
        .first(),
    ).toBeVisible();
    await page.goto('/entries');
    await expect(page.getByText('10.000 Zeilen')).toBeVisible();
    expect(await accessibilityProblems(page)).toEqual([]);
    await page.locator('#main').focus();
    await expect(page.locator('#main')).toBeFocused();
    await page.keyboard.press('F6');
    await expect(page.getByRole('banner').locator(':focus')).toHaveCount(1);
    await page.keyboard.press('F6');
    await expect(page.getByRole('navigation', { name: 'Seiten' }).locator(':focus')).toHaveCount(1);
  });

  test('a framed page is German too, and follows a change', async ({ page, baseURL }) => {
    await start(page, baseURL ?? '');
    await page.goto('/p/sample-notes/notes');
    const frame = page.frameLocator('iframe');
    await expect(frame.getByText('10.000 Zeilen')).toBeVisible();
    await page.getByRole('button', { name: /^Konto/ }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    await expect(frame.getByText('10,000 rows')).toBeVisible();
  });
});

test('the language is chosen in the account menu and remembered', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/jobs?q=meadow');
  await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible();
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitemradio', { name: 'Deutsch' }).click();
  await expect(page.getByRole('heading', { name: 'Aufträge' })).toBeVisible();
  await expect(page.getByLabel('Aufträge suchen')).toHaveValue('meadow');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Aufträge' })).toBeVisible();
});
