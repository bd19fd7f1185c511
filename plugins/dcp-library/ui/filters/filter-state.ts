/** The filters of the library: their form in the address and which rows pass. */
import { type PackageRow, serverIds } from '../data/package-row';

/** All view state of the page. A value equal to its default is left out of the address. */
export const VIEW_DEFAULTS = {
  q: '',
  kind: [] as readonly string[],
  state: [] as readonly string[],
  format: [] as readonly string[],
  issuer: [] as readonly string[],
  /** Ids of servers that have the package. */
  server_id: [] as readonly string[],
  encryption: [] as readonly string[],
  keys: [] as readonly string[],
  tag: [] as readonly string[],
  duplicates: [] as readonly string[],
  /** Code of a finding; the host knows its packages. */
  finding: '',
  /** Bytes; 0 is no bound. */
  min_size: 0,
  max_size: 0,
  /** Days back from now; 0 is no bound. */
  recent: 0,
  /** Dates as `YYYY-MM-DD`, both included. */
  after: '',
  before: '',
  sort: 'title',
  item: '',
  tab: 'overview',
} as const;

export interface Filters {
  q: string;
  kind: readonly string[];
  state: readonly string[];
  format: readonly string[];
  issuer: readonly string[];
  server_id: readonly string[];
  encryption: readonly string[];
  keys: readonly string[];
  tag: readonly string[];
  /** `copies`, `titles`. */
  duplicates: readonly string[];
  finding: string;
  min_size: number;
  max_size: number;
  recent: number;
  after: string;
  before: string;
}

export const NO_FILTERS: Filters = {
  q: '',
  kind: [],
  state: [],
  format: [],
  issuer: [],
  server_id: [],
  encryption: [],
  keys: [],
  tag: [],
  duplicates: [],
  finding: '',
  min_size: 0,
  max_size: 0,
  recent: 0,
  after: '',
  before: '',
};

/** Stands for a kind, format or issuer the package does not tell. */
export const UNKNOWN = 'unknown';

const DAY_MS = 86_400_000;

export function hasFilters(filters: Filters): boolean {
  const { q, kind, state, format, issuer, server_id, encryption, keys, tag, duplicates, finding } = filters;
  const { min_size, max_size, recent, after, before } = filters;
  const lists = [kind, state, format, issuer, server_id, encryption, keys, tag, duplicates].some(
    (list) => list.length > 0,
  );
  return (
    lists || q !== '' || finding !== '' || min_size > 0 || max_size > 0 || recent > 0 || after !== '' || before !== ''
  );
}

/** Milliseconds of a date in the reader's time zone; null for anything that is no date. */
export function dateMs(text: string): number | null {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) return null;
  const time = new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime();
  return Number.isNaN(time) ? null : time;
}

/** From and up to (not including), in Unix milliseconds. */
function discoveredBounds(filters: Filters, nowMs: number): [number, number] {
  const before = dateMs(filters.before);
  const from = Math.max(
    dateMs(filters.after) ?? Number.NEGATIVE_INFINITY,
    filters.recent > 0 ? nowMs - filters.recent * DAY_MS : Number.NEGATIVE_INFINITY,
  );
  return [from, before === null ? Number.POSITIVE_INFINITY : before + DAY_MS];
}

const texts = new WeakMap<PackageRow, string>();

/** Everything a search looks at, once per row. */
function searchText(row: PackageRow): string {
  const known = texts.get(row);
  if (known !== undefined) return known;
  const { languages } = row;
  const parts = [
    row.content_title,
    row.package_name,
    row.content_kind,
    row.issuer,
    row.creator,
    row.format,
    row.package_type,
  ];
  const more = [
    row.resolution,
    row.id,
    row.assetmap_uuid,
    row.mount,
    row.path,
    ...languages.sound,
    ...languages.subtitle,
    ...row.tags,
    row.note,
  ];
  const text = [...parts, ...more].filter(Boolean).join('\n').toLowerCase();
  texts.set(row, text);
  return text;
}

/** What rows alone do not tell. */
export interface Surroundings {
  /** Titles that several packages have. */
  sharedTitles: ReadonlySet<string>;
  /** The packages with the finding that is asked for. */
  found: ReadonlySet<string>;
}

const ALONE: Surroundings = { sharedTitles: new Set(), found: new Set() };

/** Titles that several packages have. */
export function sharedTitles(rows: readonly PackageRow[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const { content_title: title } of rows) {
    if (!title) continue;
    if (seen.has(title)) shared.add(title);
    seen.add(title);
  }
  return shared;
}

function isDuplicate(row: PackageRow, sorts: readonly string[], shared: ReadonlySet<string>): boolean {
  const title = row.content_title ?? '';
  return (sorts.includes('copies') && row.copies > 1) || (sorts.includes('titles') && shared.has(title));
}

/** A test for rows. `nowMs` is the clock that "in the last days" counts from. */
export function rowFilter(filters: Filters, nowMs: number, around = ALONE): (row: PackageRow) => boolean {
  const words = filters.q.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (list: readonly string[], value: string | null) => list.length === 0 || list.includes(value ?? UNKNOWN);
  const holdsAny = (list: readonly string[], values: readonly string[]) =>
    list.length === 0 || values.some((value) => list.includes(value));
  const [from, until] = discoveredBounds(filters, nowMs);
  const anyTime = from === Number.NEGATIVE_INFINITY && until === Number.POSITIVE_INFINITY;
  return (row) => {
    if (!has(filters.state, row.state) || !has(filters.kind, row.content_kind)) return false;
    if (!has(filters.format, row.format) || !has(filters.encryption, row.encryption)) return false;
    if (!has(filters.keys, row.keys.state) || !has(filters.issuer, row.issuer)) return false;
    if (!holdsAny(filters.server_id, serverIds(row)) || !holdsAny(filters.tag, row.tags)) return false;
    if (filters.duplicates.length > 0 && !isDuplicate(row, filters.duplicates, around.sharedTitles)) return false;
    if (filters.finding !== '' && !around.found.has(row.id)) return false;
    if (row.total_size_bytes < filters.min_size) return false;
    if (filters.max_size > 0 && row.total_size_bytes > filters.max_size) return false;
    if (!anyTime) {
      const at = Date.parse(row.discovered_at);
      if (!(at >= from && at < until)) return false;
    }
    if (words.length === 0) return true;
    const text = searchText(row);
    return words.every((word) => text.includes(word));
  };
}
