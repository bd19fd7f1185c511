/** What axe finds in a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

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
