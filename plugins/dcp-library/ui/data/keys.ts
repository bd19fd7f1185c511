/** What the keys of a package come to: the part of `GET /dcps` and that of `GET /dcps/{uuid}`. */

export type KeyState = 'missing' | 'incomplete' | 'expired' | 'not-yet-valid' | 'expires-soon' | 'valid' | 'not-needed';

/** `at`: when the state ends by itself; when it began for what has expired; null for what no time changes. */
export interface RowKeys {
  state: KeyState;
  at: string | null;
}

/** The best message of one device for one composition. */
export interface RecipientKeys {
  /** Name of the device; empty when the message names none. */
  recipient: string;
  state: KeyState;
  message_id: string;
  not_valid_before: string;
  not_valid_after: string;
  missing_key_ids: readonly string[];
}

export interface CompositionKeys extends RowKeys {
  composition_id: string;
  recipients: readonly RecipientKeys[];
}

/** One entry for each encrypted composition. */
export interface PackageKeys extends RowKeys {
  compositions: readonly CompositionKeys[];
}

const NOT_NEEDED: RowKeys = { state: 'not-needed', at: null };

const STATES: readonly string[] = [
  'missing',
  'incomplete',
  'expired',
  'not-yet-valid',
  'expires-soon',
  'valid',
  'not-needed',
];

/** The keys of a row; a word of a newer host is shown as missing. */
export function toRowKeys(wire: Partial<RowKeys> | null | undefined): RowKeys {
  const { state, at = null } = wire ?? {};
  if (state === undefined) return NOT_NEEDED;
  return { state: STATES.includes(state) ? state : 'missing', at };
}

/** What the host answers to a key that was added. */
export interface AddedKey {
  id: string;
  content_title: string | null;
  packages: readonly { id: string }[];
}
