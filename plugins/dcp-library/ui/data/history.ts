/** `GET /dcps/{uuid}/history`: what happened to a package, the newest first. */
import type { Verified } from './package-row';

export interface Spot {
  mount: string;
  path: string;
}

export type HistoryEntry = { at: string } & (
  | { kind: 'discovered' }
  | { kind: 'changed'; from: string; to: string }
  | ({ kind: 'copy-added' | 'copy-removed' | 'removed' | 'returned' } & Spot)
  | ({ kind: 'deleted' | 'restored' | 'purged'; by: string } & Spot)
  | { kind: 'moved'; from: Spot; to: Spot }
  | { kind: 'unreachable' | 'reachable'; mount: string; reason: string | null }
  | ({
      kind: 'verified';
      verified: Verified;
      assets: number;
      corrupt: readonly string[];
      rotten: readonly string[];
    } & Spot)
  | ({ kind: 'checked'; state: string } & Spot)
  | { kind: 'keys-added'; message_id: string; ends: string }
);
