/** Serves the plugin's pages against the mock world, with what is installed in web/. */
import { fileURLToPath } from 'node:url';
import { lamphousePluginUi } from '../../../../web/packages/vite-plugin/src/index.js';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The preset without its first part, which leaves shared modules to the shell's import map: there is no shell here. */
const plugins = (lamphousePluginUi({ root: at('..') }).plugins ?? []).slice(1);

export default {
  root: at('.'),
  plugins,
  // One copy for the page and for the SDK: through the paths of tsconfig.json a second build of it would be found.
  resolve: {
    alias: { '@tanstack/react-query': at('../../../../web/node_modules/@tanstack/react-query/build/modern/index.js') },
  },
  server: { host: '127.0.0.1', fs: { allow: [at('../../../..')] } },
};
