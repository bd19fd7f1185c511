/** The invented library at a glance, and what comes close to a search in it. */
import type { FindingTotal, MountShare, Share, Storage } from '../data/overview';
import type { PackageRow } from '../data/package-row';
import type { TagChange } from '../data/use-remarks';
import { detailOf } from './detail';

const DAY_MS = 86_400_000;
const TERABYTE = 1e12;

const MEANINGS: Record<string, string> = {
  asset_damaged: 'A file was hashed and is not what its packing list says.',
  asset_missing: 'A listed file is not there.',
  dialect_mixed: 'Documents of both families stand in one package.',
  claim_differs: 'The title claims something the files are not.',
  signed: 'Signed documents.',
};
const GRAVITY = ['error', 'warning', 'note'];

export function findingsOf(rows: readonly PackageRow[], code: unknown): FindingTotal[] {
  const totals = new Map<string, FindingTotal & { package_ids: string[] }>();
  for (const row of rows) {
    for (const finding of detailOf(row, []).findings) {
      const known = totals.get(finding.code) ?? {
        code: finding.code,
        severity: finding.severity,
        meaning: MEANINGS[finding.code] ?? finding.message,
        packages: 0,
        count: 0,
        package_ids: [],
      };
      known.count += 1;
      if (known.package_ids.at(-1) !== row.id) {
        known.package_ids.push(row.id);
        known.packages += 1;
      }
      totals.set(finding.code, known);
    }
  }
  const all = [...totals.values()].filter((each) => !code || each.code === code);
  return all.sort((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity) || b.packages - a.packages);
}

function shares(rows: readonly PackageRow[], keyOf: (row: PackageRow) => string | null): Share[] {
  const found = new Map<string | null, { key: string | null; packages: number; size_bytes: number }>();
  for (const row of rows) {
    const key = keyOf(row);
    const share = found.get(key) ?? { key, packages: 0, size_bytes: 0 };
    share.packages += 1;
    share.size_bytes += row.total_size_bytes;
    found.set(key, share);
  }
  return [...found.values()].sort((a, b) => b.size_bytes - a.size_bytes);
}

const AGES: readonly (readonly [string, number])[] = [
  ['under-30-days', 30],
  ['30-to-90-days', 90],
  ['90-to-180-days', 180],
  ['180-to-365-days', 365],
  ['over-a-year', Number.POSITIVE_INFINITY],
];

export function storageOf(rows: readonly PackageRow[], nowMs: number): Storage {
  const age = (row: PackageRow) => {
    const days = (nowMs - Date.parse(row.discovered_at)) / DAY_MS;
    return AGES.find(([, until]) => days < until)?.[0] ?? null;
  };
  const order = AGES.map(([key]) => key as string | null);
  const mount = (share: Share): MountShare => {
    const total = Math.ceil((share.size_bytes * 1.4) / TERABYTE) * TERABYTE;
    return { ...share, key: share.key ?? '', total_bytes: total, free_bytes: (total - share.size_bytes) * 0.7 };
  };
  const twice = rows.filter((row) => row.copies > 1);
  const sum = (all: readonly PackageRow[]) => all.reduce((bytes, row) => bytes + row.total_size_bytes, 0);
  return {
    packages: rows.length,
    size_bytes: sum(rows),
    copies: { packages: twice.length, size_bytes: sum(twice) },
    by_kind: shares(rows, (row) => row.content_kind),
    by_issuer: shares(rows, (row) => row.issuer),
    by_age: shares(rows, age).sort((a, b) => order.indexOf(a.key) - order.indexOf(b.key)),
    by_mount: shares(rows, (row) => row.mount).map(mount),
  };
}

/** A few packages, however the words are spelt. */
export function similarTo(rows: readonly PackageRow[]): (PackageRow & { distance: number })[] {
  return rows.filter((row) => row.content_title?.startsWith('Golden')).map((row) => ({ ...row, distance: 0.1 }));
}

export function tagMany(rows: readonly PackageRow[], { packages, add, remove }: TagChange): { packages: number } {
  for (const row of rows.filter(({ id }) => packages.includes(id))) {
    const tags = [...row.tags.filter((tag) => !remove.includes(tag)), ...add];
    Object.assign(row, { tags: [...new Set(tags)].sort() });
  }
  return { packages: packages.length };
}
