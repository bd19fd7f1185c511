/** Builds all that the host embeds or packages: the shell, then every plugin's UI. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';
import { buildPluginUis, pluginUis } from './build-plugin-uis.mjs';

const LEAST_BYTES = 1024;
const COMPRESSED = /\.(br|gz|woff2|png|jpg)$/;

/** Puts `.br` and `.gz` beside every file worth it, so that the host never compresses while it serves. */
function precompress(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || COMPRESSED.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    if (content.length <= LEAST_BYTES) continue;
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

const root = join(import.meta.dirname, '..');
await build({ root, configFile: join(root, 'vite.config.ts'), logLevel: 'warn', mode: 'production' });
precompress(join(root, 'dist'));
console.log('built the shell');
await buildPluginUis(pluginUis());
