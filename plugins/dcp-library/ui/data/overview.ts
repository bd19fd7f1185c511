/** `GET /dcps/findings` and `GET /dcps/storage`: the whole library at a glance. */
import type { Severity } from './package-detail';

export interface FindingTotal {
  code: string;
  severity: Severity;
  /** One sentence. */
  meaning: string;
  packages: number;
  count: number;
  /** Only when one code is asked for. */
  package_ids?: readonly string[];
}

/** `key` is null for packages that do not say. Sizes in bytes. */
export interface Share {
  key: string | null;
  packages: number;
  size_bytes: number;
  /** All that are not shown one by one. */
  is_rest?: boolean;
}

export interface MountShare extends Share {
  key: string;
  /** Of the disk; null while it cannot be read. */
  total_bytes: number | null;
  free_bytes: number | null;
}

export interface Storage {
  packages: number;
  size_bytes: number;
  copies: { packages: number; size_bytes: number };
  by_kind: readonly Share[];
  by_issuer: readonly Share[];
  by_age: readonly Share[];
  by_mount: readonly MountShare[];
}
