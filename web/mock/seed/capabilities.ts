import type { Capability } from '@lamphouse/sdk';
import { ago } from './time.ts';

export function capability(
  change: Partial<Capability> & Pick<Capability, 'interface' | 'title' | 'risk' | 'reason'>,
): Capability {
  const requested = change.requested ?? [];
  const granted = change.granted ?? true;
  return {
    optional: false,
    requested,
    allowed: granted ? requested : [],
    granted,
    granted_by: granted ? 'ada' : null,
    granted_at: granted ? ago(6_000) : null,
    denials: 0,
    ...change,
  };
}

export const SQL = capability({
  interface: 'lamphouse:sql',
  title: 'Keep data in a database of its own',
  risk: 'low',
  reason: 'Keeps the list of entries and what is known of each.',
});
export const HTTP = capability({
  interface: 'lamphouse:http',
  title: 'Answer requests at addresses of its own',
  risk: 'low',
  reason: 'Serves its pages.',
});
export const JOBS = capability({
  interface: 'lamphouse:jobs',
  title: 'Run work in the background',
  risk: 'medium',
  reason: 'Checks entries without holding up requests.',
  requested: [{ name: '*', rights: ['enqueue'] }],
});

export function files(granted: boolean): Capability {
  return capability({
    interface: 'lamphouse:files',
    title: 'Use files in mounted folders',
    risk: 'high',
    reason: 'Reads what arrives in the intake folder and moves what is done to the archive.',
    requested: [
      { name: 'intake', rights: ['read', 'watch'] },
      { name: 'archive', rights: ['read', 'write'] },
    ],
    granted,
    denials: granted ? 3 : 0,
  });
}
