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

/** What a message is by itself; whether it has every key depends on the composition. */
export type MessageState = 'not-yet-valid' | 'expires-soon' | 'valid' | 'expired';

/** A key delivery message as `GET /dcps/kdms` lists it; never a key. */
export interface KeyMessage {
  id: string;
  composition_id: string;
  content_title: string | null;
  recipient: { common_name: string | null; subject: string | null };
  not_valid_before: string;
  not_valid_after: string;
  state: MessageState;
  /** Ids of the keys it carries. */
  keys: readonly { id: string }[];
  /** Null for a message that was only ever found in a library. */
  uploaded_at: string | null;
  /** Files of libraries it lies in. */
  places: readonly { mount: string; path: string }[];
  packages: readonly { id: string; package_name: string }[];
}

/** What a message comes to for a composition that needs these keys. */
export function keysOf(message: KeyMessage, needed: ReadonlySet<string>): RowKeys & { lacks: number } {
  const carried = new Set(message.keys.map(({ id }) => id));
  const lacks = [...needed].filter((id) => !carried.has(id)).length;
  if (lacks > 0 && message.state !== 'expired') return { state: 'incomplete', at: null, lacks };
  const at = message.state === 'not-yet-valid' ? message.not_valid_before : message.not_valid_after;
  return { state: message.state, at, lacks };
}
