/** What tests of a plugin's pages on the real program share: a house of their own, a watched page, pictures. */
import { test as base, expect, type Page } from '@playwright/test';
import { accessibilityProblems } from './axe';
import { House } from './house';

/** What went wrong in the page, one line each. */
export interface Troubles {
  /** Errors and warnings in the console, blocked content and uncaught exceptions among them. */
  console: string[];
  /** Requests that got no answer, other than those the page itself gave up. */
  unanswered: string[];
  /** Answers that refuse: `401 POST /api/v1/auth/login`. */
  refused: string[];
}

function watch(page: Page): Troubles {
  const troubles: Troubles = { console: [], unanswered: [], refused: [] };
  page.on('pageerror', (error) => troubles.console.push(String(error)));
  page.on('console', (message) => {
    // The browser's own line for an answer that refuses; `refused` has it with its address.
    if (message.text().startsWith('Failed to load resource: the server responded')) return;
    if (['error', 'warning'].includes(message.type())) troubles.console.push(message.text());
  });
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') troubles.unanswered.push(`${request.method()} ${request.url()} ${why}`);
  });
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400)
      troubles.refused.push(`${response.status()} ${response.request().method()} ${pathname}`);
  });
  return troubles;
}

/** A test with a house, whose server ends with it, and with what goes wrong in its page. */
export const test = base.extend<{ house: House; troubles: Troubles }>({
  // Made first of all, so that the server outlives the page: one that is gone would be told of in the console.
  house: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use, info) => {
      const house = new House();
      try {
        await use(house);
        if (info.status !== info.expectedStatus) await info.attach('server.log', { body: house.log() });
      } finally {
        await house.end();
      }
    },
    { auto: true },
  ],
  troubles: async ({ page }, use) => use(watch(page)),
});

/** Lets the page follow the theme that the browser asks for, so that a picture can be taken in each. */
export async function followBrowserTheme(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const state = { theme: 'system', density: 'default', navigationCollapsed: false, singleKeys: true };
    localStorage.setItem('lamphouse.preferences', JSON.stringify({ state, version: 0 }));
  });
}

async function inEachTheme(page: Page, look: (theme: string) => Promise<void>): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await look(theme);
  }
}

/** Leaves pictures of the page, dark and light, beside the test's results. */
export async function picture(page: Page, name: string): Promise<void> {
  await inEachTheme(page, async (theme) => {
    await page.screenshot({ path: test.info().outputPath(`${name}-${theme}.png`), animations: 'disabled' });
  });
}

/** The same, and no problem of accessibility in either. */
export async function inspect(page: Page, name: string): Promise<void> {
  await picture(page, name);
  await inEachTheme(page, async (theme) => {
    expect(await accessibilityProblems(page), `${name}, ${theme}`).toEqual([]);
  });
}

export { expect, type Page };
