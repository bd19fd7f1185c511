/** Builds each plugin's UI of this repository into its own `dist`. Arguments: ids of plugins; none means all. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lamphousePluginUi } from '@lamphouse/vite-plugin';
import { build } from 'vite';

const plugins = join(import.meta.dirname, '../../plugins');

/** Ids of the plugins that have a UI folder. */
export function pluginUis() {
  if (!existsSync(plugins)) return [];
  return readdirSync(plugins).filter((id) => existsSync(join(plugins, id, 'ui/package.json')));
}

export async function buildPluginUis(ids) {
  for (const id of ids) {
    await build({ configFile: false, logLevel: 'warn', ...lamphousePluginUi({ root: join(plugins, id, 'ui') }) });
    console.log(`built the UI of plugin ${id}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const wanted = process.argv.slice(2);
  await buildPluginUis(wanted.length > 0 ? wanted : pluginUis());
}
