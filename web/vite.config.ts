import { compileMessages } from '@lamphouse/vite-plugin';
import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { mockBackend } from './mock/plugin.ts';
import { sharedInputs, sharedModules } from './vite/shared-modules.ts';

/** Where a host listens while the shell is developed against it. */
const HOST = process.env.LAMPHOUSE_URL ?? 'http://127.0.0.1:10858';

export default defineConfig(({ mode }) => ({
  plugins: [compileMessages(), react(), tailwindcss(), sharedModules(), ...(mode === 'mock' ? [mockBackend()] : [])],
  optimizeDeps: { exclude: ['@lamphouse/sdk', '@lamphouse/ui'] },
  server:
    mode === 'mock' ? {} : { proxy: { '/api': HOST, '^/plugins/[^/]+/[0-9a-f]{12}/': HOST, '/plugin-frame': HOST } },
  build: {
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      preserveEntrySignatures: 'exports-only' as const,
      input: { main: 'index.html', frame: 'src/frame/main.tsx', ...sharedInputs },
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]',
      },
    },
  },
}));
