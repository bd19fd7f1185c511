import type { ComponentType } from 'react';
import { uiApi } from './host';

export interface PluginComponents {
  /** Pages by the manifest's `export`. */
  pages?: Record<string, ComponentType>;
  /** Slots by the manifest's `export`. */
  slots?: Record<string, ComponentType>;
}

export interface PluginDefinition extends Required<PluginComponents> {
  uiApi: typeof uiApi;
}

/** The default export of a plugin's entry module. */
export function definePlugin(components: PluginComponents): PluginDefinition {
  return { uiApi, pages: components.pages ?? {}, slots: components.slots ?? {} };
}

/** Reads the module a plugin shipped; the error says what is wrong with it in words for its author. */
export function readPluginModule(module: { default?: unknown }): PluginDefinition {
  const definition = module.default as Partial<PluginDefinition> | undefined;
  if (typeof definition !== 'object' || definition === null || !definition.pages || !definition.slots) {
    throw new Error('its entry module has no default export made with definePlugin()');
  }
  if (definition.uiApi !== uiApi) {
    throw new Error(`it was built for UI interface ${String(definition.uiApi)}, this shell offers ${uiApi}`);
  }
  return definition as PluginDefinition;
}
