import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test as base, expect, type Page } from '@playwright/test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

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

/** Problems axe finds (popups lie beside the landmarks, so that one rule of good practice is off) in the page and in every frame of it, one line each. */
export async function accessibilityProblems(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const frame of page.frames()) {
    // A popup that is still fading in has less contrast than it will have.
    await frame.evaluate(async () => {
      await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    });
    await frame.evaluate(axeSource);
    const violations = await frame.evaluate(async (tags) => {
      const { axe } = window as unknown as {
        axe: {
          run: (
            context: Document,
            options: object,
          ) => Promise<{ violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
        };
      };
      return (
        await axe.run(document, {
          preload: false,
          runOnly: { type: 'tag', values: tags },
          rules: { region: { enabled: false } },
        })
      ).violations;
    }, TAGS);
    for (const { id, nodes } of violations) {
      for (const node of nodes)
        found.push(`${frame.url()} ${id}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ''}`);
    }
  }
  return found;
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

export { expect };
