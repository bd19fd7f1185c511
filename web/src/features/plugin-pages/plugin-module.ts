import { type PluginDefinition, readPluginModule } from '@lamphouse/sdk';

const loaded = new Map<string, Promise<PluginDefinition>>();

/** Adds a style sheet after the shell's own, so that the order of layers stays the shell's. */
function addStyles(href: string): Promise<void> {
  if (document.head.querySelector(`link[href="${CSS.escape(href)}"]`) !== null) return Promise.resolve();
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  return new Promise((resolve) => {
    // A page without its styles is of more use than no page.
    link.onload = () => resolve();
    link.onerror = () => resolve();
    document.head.append(link);
  });
}

/** Loads a plugin's entry and styles once; their addresses name their content, so a new package is a new address. */
export function loadPlugin(entry: string, styles: readonly string[]): Promise<PluginDefinition> {
  const known = loaded.get(entry);
  if (known !== undefined) return known;
  const loading = Promise.all([import(/* @vite-ignore */ entry), ...styles.map(addStyles)]).then(([module]) =>
    readPluginModule(module as { default?: unknown }),
  );
  loaded.set(entry, loading);
  loading.catch(() => loaded.delete(entry));
  return loading;
}
