/** The words and signs of every state; one place, so that they are the same everywhere. */
import type { AssetState } from './data/package-detail';
import type { Encryption, PackageState, Verified } from './data/package-row';

/** Signs of the shell's `Status`. */
export type Sign =
  | 'ok'
  | 'active'
  | 'queued'
  | 'paused'
  | 'warn'
  | 'bad'
  | 'offline'
  | 'stale'
  | 'unknown'
  | 'disabled';

export interface StateWords {
  sign: Sign;
  label: string;
  /** What it means, for the detail panel. */
  meaning: string;
}

export const PACKAGE_STATES: Record<PackageState, StateWords> = {
  complete: { sign: 'ok', label: 'Complete', meaning: 'Every listed file is here with the right size.' },
  incomplete: { sign: 'warn', label: 'Incomplete', meaning: 'Files are missing; nothing that is here is wrong.' },
  incoming: { sign: 'active', label: 'Incoming', meaning: 'Its files are still changing: it is being copied in.' },
  corrupt: { sign: 'bad', label: 'Damaged', meaning: 'Something is wrong with its files. See Findings.' },
  unreachable: {
    sign: 'offline',
    label: 'Unreachable',
    meaning: 'Its folder cannot be read now. What is shown was read earlier.',
  },
};

export const VERIFIED: Record<Verified, StateWords> = {
  none: { sign: 'unknown', label: 'Never', meaning: 'Its files were never hashed.' },
  ok: { sign: 'ok', label: 'Verified', meaning: 'Every file matched its packing list.' },
  failed: { sign: 'bad', label: 'Failed', meaning: 'At least one file differs from its packing list.' },
  partial: { sign: 'warn', label: 'Partly', meaning: 'Some files could not be checked.' },
};

export const ASSET_STATES: Record<AssetState, StateWords> = {
  unverified: { sign: 'unknown', label: 'Not hashed', meaning: 'Here with the right size, not hashed yet.' },
  ok: { sign: 'ok', label: 'Matches', meaning: 'The hash equals the packing list.' },
  corrupt: { sign: 'bad', label: 'Hash differs', meaning: 'The file is not what the packing list says.' },
  'size-mismatch': {
    sign: 'bad',
    label: 'Size differs',
    meaning: 'The file has another size than the packing list says.',
  },
  missing: { sign: 'warn', label: 'Missing', meaning: 'The file is not here.' },
  'no-hash': { sign: 'disabled', label: 'No hash', meaning: 'The packing list gives no hash to check against.' },
  'other-volume': { sign: 'paused', label: 'Other volume', meaning: 'The file is on a volume that is not here.' },
};

export const ENCRYPTION: Record<Encryption, string> = { none: 'Plain', partial: 'Partly', full: 'Encrypted' };
