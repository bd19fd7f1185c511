import { Status } from '@lamphouse/ui';
import type { AssetState as State } from '../data/package-detail';
import { t } from '../messages';
import { ASSET_STATES } from '../states';

/** What is known about the bytes of an asset. */
export function AssetState({ state, hashing }: { state: State; hashing: boolean }) {
  const { sign, label, meaning } = ASSET_STATES[state] ?? ASSET_STATES.unverified;
  return (
    <span title={meaning}>
      {hashing ? <Status state="active" label={t('panel.hashingNow')} /> : <Status state={sign} label={label} />}
    </span>
  );
}
