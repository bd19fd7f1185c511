import { expect, start, test } from './world';

test('first run: the link with the token leads to the first account', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '', { scenario: 'setup', signedIn: false });
  await page.goto('/setup#token=once');
  await expect(page.getByLabel('Setup token')).toHaveCount(0);
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
  await page.getByLabel('Password again').fill('something else');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByText('The two passwords differ.')).toBeVisible();
  await page.getByLabel('Password again').fill('correct horse battery');
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
});

test('sign-in tells a wrong password and returns to the page that was asked for', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '', { signedIn: false });
  await page.goto('/jobs?state=failed');
  await page.getByLabel('User name').fill('ada');
  await page.getByLabel('Password').fill('wrong');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('User name or password is wrong');
  await page.getByLabel('Password').fill('correct horse battery');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/jobs\?state=failed$/);
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
});

test('filters, sort, tab and selection are in the address and survive a reload and Back', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/jobs');
  await page.getByRole('tab', { name: /Failed/ }).click();
  await page.getByLabel('Search jobs').fill('granite');
  await expect(page).toHaveURL(/state=failed.*q=granite/);
  await page.getByRole('columnheader', { name: 'Job' }).getByRole('button').click();
  await expect(page).toHaveURL(/sort=title/);
  await page.getByRole('row').nth(1).click();
  await expect(page.locator('#main').getByRole('heading', { level: 2 })).toContainText('granite');
  const address = page.url();
  await page.reload();
  await expect(page.getByLabel('Search jobs')).toHaveValue('granite');
  await expect(page.locator('#main').getByRole('heading', { level: 2 })).toContainText('granite');
  await page.getByRole('link', { name: 'Mounts' }).click();
  await expect(page.getByRole('heading', { name: 'Mounts' })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(address);
});

test('jobs by keyboard alone: search, walk, open, cancel', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await page.keyboard.press('g');
  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { name: 'Jobs' })).toBeVisible();
  await page.getByRole('grid').getByRole('row').nth(1).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Cancel job' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel job' }).press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel job' }).press('Enter');
  await expect(page.getByText('Cancelling 1 job')).toBeVisible();
  await expect(
    page
      .locator('#main')
      .getByRole('heading', { level: 2 })
      .locator('xpath=ancestor::section')
      .getByText('Cancelled')
      .first(),
  ).toBeVisible();
});

test('progress moves without moving anything else', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/jobs?state=running');
  const bar = page.getByRole('progressbar').first();
  const before = await bar.getAttribute('aria-valuenow');
  const place = await bar.boundingBox();
  await expect(bar).not.toHaveAttribute('aria-valuenow', before ?? '');
  expect(await bar.boundingBox()).toEqual(place);
});

test('a notice grants the missing right in one click', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/');
  await page.locator('#main').getByRole('button', { name: 'Grant lamphouse:files to sample-archive' }).click();
  await expect(page.getByText('Granted lamphouse:files to sample-archive')).toBeVisible();
  await page.goto('/plugins/sample-archive');
  await expect(page.getByText('Healthy').first()).toBeVisible();
});

test('a package is reviewed before it is installed, and high risk is typed', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/plugins');
  await page.getByRole('button', { name: 'Install plugin' }).click();
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'sample.wasm', mimeType: 'application/wasm', buffer: Buffer.from('sample') });
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Not signed')).toBeVisible();
  await expect(dialog.getByText('High risk')).toBeVisible();
  await dialog.getByLabel(/Grant all/).check();
  await expect(dialog.getByRole('button', { name: 'Install and grant all' })).toBeDisabled();
  await dialog.getByLabel(/Type sample-index/).fill('sample-index');
  await dialog.getByRole('button', { name: 'Install and grant all' }).click();
  await expect(page).toHaveURL(/\/plugins\/sample-index\?tab=grants/);
});

test('configuration is checked, saved, and secrets stay hidden', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/plugins/sample-catalogue?tab=config');
  await page.getByLabel('Check every (minutes)').fill('0');
  await page.getByRole('button', { name: 'Save configuration' }).click();
  await expect(page.getByLabel('Check every (minutes)')).toHaveAttribute('aria-invalid', 'true');
  await page.getByLabel('Check every (minutes)').fill('30');
  await page.getByRole('button', { name: 'Save configuration' }).click();
  await expect(page.getByText('Saved the configuration of Sample catalogue')).toBeVisible();
  await expect(page.getByLabel('Access token')).toHaveValue('');
});

test('a key is shown once', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/users?tab=keys');
  await page.getByRole('button', { name: 'Create key' }).click();
  await page.getByLabel('Name').fill('nightly export');
  await page.getByRole('dialog').getByRole('button', { name: 'Create key' }).click();
  await expect(page.getByRole('dialog')).toContainText('lk_9f31_mock-secret');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('grid')).toContainText('nightly export');
  await expect(page.getByText('lk_9f31_mock-secret')).toHaveCount(0);
});

test('a broken page of a plugin leaves the shell whole', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/p/sample-catalogue/broken');
  await expect(page.getByRole('alert')).toContainText('Plugin sample-catalogue could not draw this');
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Entries' }).click();
  await expect(page.getByText('autumn-0417-00001')).toBeVisible();
});

test('the same bundle gives the same page inside the shell and in a frame', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  const read = async (path: string, where: () => ReturnType<typeof page.locator>) => {
    await page.goto(path);
    await expect(where().getByRole('row').nth(3)).toBeVisible();
    return where().getByRole('grid').ariaSnapshot();
  };
  const inline = await read('/entries', () => page.locator('#main'));
  const framed = await read(
    '/p/sample-notes/notes',
    () => page.frameLocator('iframe').locator('body') as ReturnType<typeof page.locator>,
  );
  expect(framed.split('\n').slice(0, 40)).toEqual(inline.split('\n').slice(0, 40));
});

test('a framed page keeps its filter in the address', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/p/sample-notes/notes');
  const frame = page.frameLocator('iframe');
  await frame.getByLabel('Search entries').fill('harbour');
  await expect(page).toHaveURL(/\/p\/sample-notes\/notes\?q=harbour/);
});

test('a framed page gets nothing of the session', { tag: '@hostile' }, async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/p/sample-notes/notes');
  await expect(page.frameLocator('iframe').getByLabel('Search entries')).toBeVisible();
  const inside = page.frames().find((each) => each.url().includes('/plugin-frame/'));
  const stolen = await inside?.evaluate(async () => {
    const attempt = async (work: () => unknown) => {
      try {
        return String(await work());
      } catch (error) {
        return (error as Error).name;
      }
    };
    return [
      await attempt(() => window.parent.document.title),
      await attempt(() => document.cookie),
      await attempt(() => localStorage.length),
      await attempt(() => fetch('/api/v1/users')),
    ];
  });
  expect(stolen).toEqual(['SecurityError', 'SecurityError', 'SecurityError', 'TypeError']);
});

test('the palette finds pages, actions and jobs', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Dashboard' })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('light');
  await page.keyboard.press('Enter');
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'light');
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox').fill('#meadow');
  await expect(page.getByRole('option').first()).toContainText('meadow');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/jobs\?job=/);
});

test('ten thousand rows: only those in view are drawn, and a search is quick', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.goto('/entries');
  await expect(page.getByText('10,000 rows')).toBeVisible();
  expect(await page.locator('#main *').count()).toBeLessThan(2500);
  await page.getByLabel('Search entries').fill('willow 0999');
  await expect(page.getByRole('status').filter({ hasText: 'of 10,000 rows' })).toBeVisible();
});

test('a lost event stream is told of, and comes back without a reload', async ({ page, baseURL }) => {
  await start(page, baseURL ?? '');
  await page.route('**/api/v1/events', (route) => route.abort());
  await page.goto('/jobs');
  await expect(page.getByRole('button', { name: /Reconnecting|Offline/ })).toBeVisible();
  await expect(page.getByRole('grid')).toBeVisible();
  await page.unroute('**/api/v1/events');
  await expect(page.getByRole('button', { name: 'Live', exact: true })).toBeVisible({ timeout: 30_000 });
});
