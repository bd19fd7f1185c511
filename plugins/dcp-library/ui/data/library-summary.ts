/** `GET /dcps/summary`: totals over the whole library and the state of its mounts. */
import type { PackageState } from './package-row';

export interface LibraryMount {
  name: string;
  online: boolean;
  granted: boolean;
  /** Why it cannot be read, in words; null when it can. */
  reason: string | null;
  packages: number;
}

export interface LibrarySummary {
  packages: number;
  total_size_bytes: number;
  by_state: Partial<Record<PackageState, number>>;
  by_kind: Record<string, number>;
  by_format: Record<string, number>;
  mounts: LibraryMount[];
  last_scan_at: string | null;
  scanning: boolean;
}
