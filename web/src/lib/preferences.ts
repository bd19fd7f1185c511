import { type Appearance, createCell, type Language, language, preferredLanguage, setLanguage } from '@lamphouse/sdk';
import { create } from 'zustand';
import { persist } from 'zustand/middleware';

export interface Preferences {
  theme: 'dark' | 'light' | 'system';
  density: Appearance['density'];
  /** `system` is what the browser asks for. */
  language: Language | 'system';
  navigationCollapsed: boolean;
  /** Shortcuts of a single key; some assistive tools need them off. */
  singleKeys: boolean;
}

const DEFAULTS: Preferences = {
  theme: 'dark',
  density: 'default',
  language: 'system',
  navigationCollapsed: false,
  singleKeys: true,
};

/** What this browser remembers of its reader's taste. */
export const usePreferences = create<Preferences>()(
  persist<Preferences>(() => DEFAULTS, { name: 'lamphouse.preferences' }),
);

const systemLight = window.matchMedia('(prefers-color-scheme: light)');

/** The language is the one whose texts are there, which the chosen one is only once they are loaded. */
function resolve({ theme, density }: Preferences): Appearance {
  const shown = theme === 'system' ? (systemLight.matches ? 'light' : 'dark') : theme;
  return { theme: shown, density, language: language() };
}

export const appearance = createCell<Appearance>(resolve(usePreferences.getState()));

function apply(): void {
  const next = resolve(usePreferences.getState());
  const now = appearance.get();
  const differs = next.theme !== now.theme || next.density !== now.density || next.language !== now.language;
  if (differs) appearance.set(next);
  document.documentElement.dataset.theme = next.theme;
  document.documentElement.dataset.density = next.density;
}

async function applyLanguage(): Promise<void> {
  const chosen = usePreferences.getState().language;
  await setLanguage(chosen === 'system' ? preferredLanguage() : chosen);
  apply();
}

/** Keeps the document's theme, density and language as chosen. Resolves once there are texts to draw with. */
export async function followPreferences(): Promise<void> {
  apply();
  usePreferences.subscribe((now, before) => {
    apply();
    if (now.language !== before.language) void applyLanguage();
  });
  systemLight.addEventListener('change', apply);
  await applyLanguage();
}
