import { useCallback } from 'react';
import {
  type Appearance,
  type ConfirmRequest,
  type Connection,
  type PluginInfo,
  type Session,
  type ToastRequest,
  usePluginHost,
  useReadable,
} from './host';

export function usePlugin(): PluginInfo {
  return usePluginHost().plugin;
}

/** Who is signed in and what they may do; the host checks every call again. */
export function useSession(): Session & { can: (permission: string) => boolean } {
  const session = useReadable(usePluginHost().session);
  const can = useCallback((permission: string) => holds(session.permissions, permission), [session]);
  return { ...session, can };
}

/** Is `permission` among `held`? A held `area:*` or `*` covers more than one. */
export function holds(held: readonly string[], permission: string): boolean {
  const area = permission.split(':', 1)[0];
  return held.includes(permission) || held.includes('*') || held.includes(`${area}:*`);
}

export function useTheme(): Appearance {
  return useReadable(usePluginHost().appearance);
}

export function useConnection(): Connection {
  return useReadable(usePluginHost().connection);
}

export function useToast(): (request: ToastRequest) => void {
  const host = usePluginHost();
  return useCallback((request) => host.toast(request), [host]);
}

export function useConfirm(): (request: ConfirmRequest) => Promise<boolean> {
  const host = usePluginHost();
  return useCallback((request) => host.confirm(request), [host]);
}
