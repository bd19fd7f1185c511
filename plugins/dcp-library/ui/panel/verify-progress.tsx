import { MiddleText, ProgressBar } from '@lamphouse/ui';
import { t } from '../messages';

/** How far a verification is and which file is being read. */
export function VerifyProgress({ percent, file }: { percent: number | null; file: string | null }) {
  return (
    <div className="dcpl-verify">
      <ProgressBar percent={percent} label={t('panel.verification')} />
      <div className="dcpl-verify-file">
        {file === null ? t('panel.waitingForItsTurn') : <MiddleText text={file} mono />}
      </div>
    </div>
  );
}
