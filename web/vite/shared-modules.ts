import { createRequire } from 'node:module';
import { SHARED } from '@lamphouse/vite-plugin';
import type { Plugin, ResolvedConfig } from 'vite';

const PREFIX = 'virtual:shared/';
/** Shared packages that are CommonJS: their names must be listed, `export *` finds none. */
const COMMON_JS = new Set(['react', 'react/jsx-runtime', 'react-dom', 'react-dom/client']);

const fileName = (specifier: string) => specifier.replace('@', '').replaceAll('/', '-');

/** Entries of the build, one for each shared specifier. */
export const sharedInputs = Object.fromEntries(
  SHARED.map((specifier) => [`shared/${fileName(specifier)}`, PREFIX + specifier]),
);

function source(specifier: string): string {
  const quoted = JSON.stringify(specifier);
  if (!COMMON_JS.has(specifier)) return `export * from ${quoted};`;
  const names = Object.keys(createRequire(import.meta.url)(specifier)).filter((name) => name !== 'default');
  const lines = names.map((name) => `export const ${name} = module.${name};`);
  return [
    `import * as namespace from ${quoted};`,
    'const module = namespace.default ?? namespace;',
    'export default module;',
    ...lines,
  ].join('\n');
}

/** Offers the shared packages to plugins' modules by an import map, as the very modules the shell itself runs on. */
export function sharedModules(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'lamphouse:shared-modules',
    configResolved(resolved) {
      config = resolved;
    },
    resolveId: (id) => (id.startsWith(PREFIX) ? `\0${id}` : null),
    load: (id) => (id.startsWith(`\0${PREFIX}`) ? source(id.slice(PREFIX.length + 1)) : null),
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((output) => output.type === 'chunk' && output.isEntry);
        const imports = Object.fromEntries(
          SHARED.map((specifier) => {
            const name = `shared/${fileName(specifier)}`;
            const chunk = chunks.find((output) => output.name === name);
            return [specifier, chunk ? config.base + chunk.fileName : `/@id/__x00__${PREFIX}${specifier}`];
          }),
        );
        return [
          {
            tag: 'script',
            attrs: { type: 'importmap' },
            children: JSON.stringify({ imports }),
            injectTo: 'head-prepend',
          },
        ];
      },
    },
  };
}
