import { resolveBesidePreset } from '@lamphouse/vite-plugin';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [resolveBesidePreset()],
  server: { fs: { allow: ['..'] } },
  test: {
    environment: 'happy-dom',
    include: ['{src,packages}/**/*.test.{ts,tsx}', '../plugins/*/ui/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    setupFiles: ['./test-setup.ts'],
    restoreMocks: true,
  },
});
