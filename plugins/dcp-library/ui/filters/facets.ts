/** The choices of each filter with how many packages they hold. */

import type { PackageRow } from '../data/package-row';
import { formatLabel, kindLabel } from '../format';
import { KEY_STATES } from '../key-words';
import { t } from '../messages';
import { ENCRYPTION, PACKAGE_STATES } from '../states';
import { sharedTitles, UNKNOWN } from './filter-state';

export interface Choice {
  value: string;
  label: string;
  count: number;
}

export interface Facets {
  kind: Choice[];
  state: Choice[];
  format: Choice[];
  issuer: Choice[];
  server: Choice[];
  encryption: Choice[];
  keys: Choice[];
  tag: Choice[];
  duplicates: Choice[];
}

type Field = 'content_kind' | 'state' | 'format' | 'encryption' | 'issuer';

function counts(rows: readonly PackageRow[], field: Field | ((row: PackageRow) => string)): Map<string, number> {
  const found = new Map<string, number>();
  for (const row of rows) {
    const value = typeof field === 'function' ? field(row) : (row[field] ?? UNKNOWN);
    found.set(value, (found.get(value) ?? 0) + 1);
  }
  return found;
}

/** Choices in a fixed order, those without packages left in. */
function fixed(labels: Record<string, string>, found: Map<string, number>): Choice[] {
  return Object.entries(labels).map(([value, label]) => ({ value, label, count: found.get(value) ?? 0 }));
}

/** Choices that occur, the most frequent first. */
function occurring(found: Map<string, number>, label: (value: string) => string): Choice[] {
  const choices = [...found].map(([value, count]) => ({
    value,
    label: value === UNKNOWN ? t('filters.unknown') : label(value),
    count,
  }));
  return choices.sort((a, b) => b.count - a.count || a.label.localeCompare(b.label));
}

/** Tags that are in use, by the alphabet. */
export function tagChoices(rows: readonly PackageRow[]): Choice[] {
  const found = new Map<string, number>();
  for (const row of rows) for (const tag of row.tags) found.set(tag, (found.get(tag) ?? 0) + 1);
  const choices = [...found].map(([value, count]) => ({ value, label: value, count }));
  return choices.sort((a, b) => a.label.localeCompare(b.label));
}

/** Servers that have packages, by the alphabet; the own one has no name in a network yet. */
function serverChoices(rows: readonly PackageRow[]): Choice[] {
  const found = new Map<string, Choice>();
  for (const { id, name } of rows.flatMap((row) => row.servers)) {
    const known = found.get(id) ?? { value: id, label: name || t('panel.thisServer'), count: 0 };
    found.set(id, { ...known, count: known.count + 1 });
  }
  return [...found.values()].sort((a, b) => a.label.localeCompare(b.label));
}

function duplicateChoices(rows: readonly PackageRow[]): Choice[] {
  const shared = sharedTitles(rows);
  const count = (is: (row: PackageRow) => boolean) => rows.filter(is).length;
  return [
    { value: 'copies', label: t('filters.severalCopies'), count: count((row) => row.copies > 1) },
    { value: 'titles', label: t('filters.sameTitle'), count: count((row) => shared.has(row.content_title ?? '')) },
  ];
}

const STATE_LABELS = Object.fromEntries(Object.entries(PACKAGE_STATES).map(([state, { label }]) => [state, label]));

export function facetsOf(rows: readonly PackageRow[]): Facets {
  return {
    kind: occurring(counts(rows, 'content_kind'), kindLabel),
    state: fixed(STATE_LABELS, counts(rows, 'state')),
    format: occurring(counts(rows, 'format'), formatLabel),
    issuer: occurring(counts(rows, 'issuer'), (issuer) => issuer),
    server: serverChoices(rows),
    encryption: fixed(ENCRYPTION, counts(rows, 'encryption')),
    keys: fixed(
      KEY_STATES,
      counts(rows, (row) => row.keys.state),
    ),
    tag: tagChoices(rows),
    duplicates: duplicateChoices(rows),
  };
}
