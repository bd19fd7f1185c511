import { test as base, expect, type Page } from '@playwright/test';

export interface Start {
  theme?: 'dark' | 'light';
  scenario?: 'full' | 'empty' | 'failing' | 'setup';
  signedIn?: boolean;
}

let worlds = 0;

/** Gives the page a made-up host of its own, and what its reader chose before. */
export async function start(
  page: Page,
  baseURL: string,
  { theme = 'dark', scenario = 'full', signedIn = true }: Start = {},
) {
  worlds += 1;
  const name = scenario === 'failing' ? scenario : `${scenario}-${process.pid}-${worlds}`;
  const cookies = [{ name: 'mock_scenario', value: name, url: baseURL }];
  if (signedIn) cookies.push({ name: 'lamphouse_session', value: 'mock', url: baseURL });
  await page.context().addCookies(cookies);
  await page.addInitScript((chosen) => {
    try {
      const state = { theme: chosen, density: 'default', navigationCollapsed: false, singleKeys: true };
      if (localStorage.getItem('lamphouse.preferences') === null)
        localStorage.setItem('lamphouse.preferences', JSON.stringify({ state, version: 0 }));
    } catch {
      // A framed page has no storage and takes its theme from the shell.
    }
  }, theme);
}

/** A page whose console is watched: a blocked script, style or request fails the test. */
export const test = base.extend<{ watched: undefined }>({
  watched: [
    async ({ page }, use, info) => {
      const blocked: string[] = [];
      page.on('console', (message) => {
        if (/Content Security Policy|TrustedHTML|TrustedScript/i.test(message.text())) blocked.push(message.text());
      });
      await use(undefined);
      if (!info.tags.includes('@hostile')) expect(blocked).toEqual([]);
    },
    { auto: true },
  ],
});

export { accessibilityProblems } from './axe';
export { expect };
