import { Status } from '@lamphouse/ui';
import type { RowKeys } from './data/keys';
import { KEY_SIGNS, keyLabel, keyMoment } from './key-words';

/** Whether a key opens it, with the moment that changes in the tooltip. */
export function KeyBadge({ keys }: { keys: RowKeys }) {
  return (
    <span title={keyMoment(keys)}>
      <Status state={KEY_SIGNS[keys.state]} label={keyLabel(keys, Date.now())} />
    </span>
  );
}
