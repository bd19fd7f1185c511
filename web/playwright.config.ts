import { defineConfig } from '@playwright/test';

/**
 * `mock`: the shell against a mock backend that is already there, `BASE_URL` names it; `npm run e2e` brings it.
 * `real`: the pages of the plugins against the built program; each test starts a server of its own.
 * `bench`: figures for `./x bench`, on the mock backend.
 */
export default defineConfig({
  projects: [
    { name: 'mock', testDir: 'e2e' },
    { name: 'real', testDir: '../plugins', testMatch: '*/ui/e2e/*.spec.ts' },
    { name: 'bench', testDir: 'bench' },
  ],
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 1,
  retries: 0,
  timeout: 60_000,
  // A busy machine gets its time.
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.BASE_URL ?? 'http://127.0.0.1:4173',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--font-render-hinting=none', '--force-color-profile=srgb', '--disable-lcd-text'],
    },
  },
});
