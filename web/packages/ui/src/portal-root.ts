import { createContext, useContext } from 'react';

const PortalRootContext = createContext<HTMLElement | null>(null);

/** Where popups are put; the shell names the plugin on it, so that a plugin's styles can follow. */
export const PortalRootProvider = PortalRootContext.Provider;

export function usePortalRoot(): HTMLElement | undefined {
  return useContext(PortalRootContext) ?? undefined;
}
