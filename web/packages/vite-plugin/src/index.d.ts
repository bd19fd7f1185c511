import type { Plugin, UserConfig } from 'vite';

export declare const SHARED: readonly string[];
export declare function resolveBesidePreset(): Plugin;
export declare function compileMessages(): Plugin;
export declare function lamphousePluginUi(options?: { root?: string }): UserConfig;
