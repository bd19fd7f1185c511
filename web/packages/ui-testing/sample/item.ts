import type { StatusState } from '@lamphouse/ui';

export interface Item {
  id: string;
  title: string;
  state: 'ready' | 'checking' | 'damaged';
  parts: number;
  size: number;
  seen_at: string;
}

export const ITEM_STATES: Record<Item['state'], { state: StatusState; label: string }> = {
  ready: { state: 'ok', label: 'Ready' },
  checking: { state: 'active', label: 'Checking' },
  damaged: { state: 'bad', label: 'Damaged' },
};
