import { compileMessages, resolveBesidePreset } from '@lamphouse/vite-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [resolveBesidePreset(), compileMessages()],
  server: { fs: { allow: ['..'] } },
  test: {
    environment: 'happy-dom',
    include: ['{src,packages}/**/*.test.{ts,tsx}', '../plugins/*/ui/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['./test-setup.ts'],
    restoreMocks: true,
    // A machine that builds at the same time is slow; a test that hangs still ends.
    testTimeout: 30_000,
    // Through the bundler, so that it takes compiled texts as in a build.
    server: { deps: { inline: ['use-intl'] } },
  },
});
