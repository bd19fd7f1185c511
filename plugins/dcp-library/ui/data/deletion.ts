/** Deleting packages and the trash: `/dcps/deletions`, `DELETE /dcps/{uuid}` and `/dcps/trash`. Sizes in bytes. */

/** Packages of one call. */
export const MOST_DELETED = 200;

/** Codes of a newer host may come. */
export type ReasonCode =
  | 'needed_by_version'
  | 'folder_shared'
  | 'in_swarm'
  | 'no_right'
  | 'whole_mount'
  | 'unreachable';

export interface Reason {
  code: ReasonCode;
  message: string;
  packages: readonly { id: string; package_name: string }[];
  /** Whether whoever knows of it may delete all the same. */
  may_be_overruled: boolean;
}

/** A copy of a package; `place` is mount and path. */
export interface Copy {
  id: string;
  place: string;
}

/** What would go. */
export interface PlannedDeletion {
  id: string;
  package_name: string;
  content_title: string | null;
  mount: string;
  path: string;
  copies_left: number;
  file_count: number;
  size_bytes: number;
  reasons: readonly Reason[];
}

export interface DeletionPlan {
  packages: readonly PlannedDeletion[];
  size_bytes: number;
  keep_days: number;
}

export type TrashState = 'deleting' | 'trashed' | 'restoring' | 'purging';

export interface TrashEntry {
  id: string;
  package_id: string;
  package_name: string;
  content_title: string | null;
  mount: string;
  path: string;
  state: TrashState;
  size_bytes: number;
  by: string;
  deleted_at: string;
  purge_at: string | null;
  problem: string | null;
}

/** Mount and path in one. */
export const placeOf = (mount: string | null | undefined, path: string | null | undefined) =>
  [mount, path].filter(Boolean).join('/');

/** The reasons of a plan, each once with everything it is about. */
export function reasonsOf(plan: DeletionPlan): { reason: Reason; mount: string }[] {
  const found = new Map<string, { reason: Reason; mount: string }>();
  for (const { reasons, mount } of plan.packages) {
    for (const reason of reasons) {
      const about = reason.may_be_overruled ? '' : mount;
      const known = found.get(reason.code + about);
      const packages = [...(known?.reason.packages ?? []), ...reason.packages];
      const each = packages.filter(({ id }, at) => packages.findIndex((other) => other.id === id) === at);
      found.set(reason.code + about, { reason: { ...reason, packages: each }, mount });
    }
  }
  return [...found.values()];
}
