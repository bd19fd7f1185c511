/** Builds the sample plugin's UI that the mock backend serves. */
import { join } from 'node:path';
import { lamphousePluginUi } from '@lamphouse/vite-plugin';
import { build } from 'vite';

const root = join(import.meta.dirname, '../packages/ui-testing/sample');
await build({ configFile: false, logLevel: 'warn', ...lamphousePluginUi({ root }) });
