/** Build preset for a plugin's web UI: one ES module with the shared specifiers left bare. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import compile from 'icu-minify/compile';
import { esmExternalRequirePlugin } from 'vite';

/** What the shell offers by import map. Nothing else may be left bare. */
export const SHARED = [
  'react',
  'react/jsx-runtime',
  'react-dom',
  'react-dom/client',
  '@tanstack/react-query',
  '@lamphouse/sdk',
  '@lamphouse/ui',
];

const here = fileURLToPath(import.meta.url);

/** Lets a folder without node_modules of its own import what is installed beside this preset. */
export function resolveBesidePreset() {
  return {
    name: 'lamphouse:resolve-beside-preset',
    async resolveId(source, importer, options) {
      const bare = /^[@a-z]/i.test(source) && !source.includes(':');
      if (!bare || importer === undefined || importer === here) return null;
      const own = await this.resolve(source, importer, { ...options, skipSelf: true });
      return own ?? this.resolve(source, here, { ...options, skipSelf: true });
    },
  };
}

const CATALOGUE = /[\\/]messages[\\/][a-z]{2}\.json$/;

function compiled(messages) {
  if (typeof messages === 'string') return compile(messages);
  return Object.fromEntries(Object.entries(messages).map(([key, value]) => [key, compiled(value)]));
}

/** Compiles `messages/<language>.json` from ICU message syntax, so that no parser of it travels to the browser. */
export function compileMessages() {
  return {
    name: 'lamphouse:compile-messages',
    enforce: 'pre',
    config: () => ({ resolve: { alias: { 'use-intl/format-message': 'use-intl/format-message/format-only' } } }),
    load(id) {
      const [path] = id.split('?');
      return CATALOGUE.test(path) ? JSON.stringify(compiled(JSON.parse(readFileSync(path, 'utf8')))) : null;
    },
  };
}

function entryOf(root) {
  const entry = ['index.tsx', 'index.ts', 'src/index.tsx', 'src/index.ts'].find((name) => existsSync(join(root, name)));
  if (entry === undefined)
    throw new Error(`no index.tsx in ${root}: add one whose default export is definePlugin(...)`);
  return entry;
}

/** The whole Vite configuration for the plugin UI in `root`. */
export function lamphousePluginUi({ root = process.cwd() } = {}) {
  const folder = resolve(root);
  return {
    root: folder,
    base: './',
    publicDir: false,
    plugins: [
      esmExternalRequirePlugin({ external: [...SHARED] }),
      resolveBesidePreset(),
      compileMessages(),
      tailwindcss(),
    ],
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      target: 'es2022',
      sourcemap: true,
      cssCodeSplit: false,
      emptyOutDir: true,
      outDir: join(folder, 'dist'),
      lib: { entry: join(folder, entryOf(folder)), formats: ['es'], fileName: () => 'index.js', cssFileName: 'index' },
      rolldownOptions: {
        // Libraries mark modules for server rendering, which does not exist here.
        onLog: (level, log, handle) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : handle(level, log)),
        output: { minify: true, chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  };
}
