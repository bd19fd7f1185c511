import { type Appearance, createCell } from '@lamphouse/sdk';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export interface Preferences {
  theme: 'dark' | 'light' | 'system';
  density: Appearance['density'];
  navigationCollapsed: boolean;
  /** Shortcuts of a single key; some assistive tools need them off. */
  singleKeys: boolean;
}

/** What this browser remembers of its reader's taste. */
export const usePreferences = create<Preferences>()(
  persist<Preferences>(() => ({ theme: 'dark', density: 'default', navigationCollapsed: false, singleKeys: true }), {
    name: 'lamphouse.preferences',
  }),
);

const systemLight = window.matchMedia('(prefers-color-scheme: light)');

function resolve({ theme, density }: Preferences): Appearance {
  return { theme: theme === 'system' ? (systemLight.matches ? 'light' : 'dark') : theme, density };
}

export const appearance = createCell<Appearance>(resolve(usePreferences.getState()));

function apply(): void {
  const next = resolve(usePreferences.getState());
  const now = appearance.get();
  if (next.theme !== now.theme || next.density !== now.density) appearance.set(next);
  document.documentElement.dataset.theme = next.theme;
  document.documentElement.dataset.density = next.density;
}

/** Keeps the document's theme and density as chosen. */
export function followPreferences(): void {
  apply();
  usePreferences.subscribe(apply);
  systemLight.addEventListener('change', apply);
}
