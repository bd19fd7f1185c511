import { MiddleText, ProgressBar } from '@lamphouse/ui';

/** How far a verification is and which file is being read. */
export function VerifyProgress({ percent, file }: { percent: number | null; file: string | null }) {
  return (
    <div className="dcpl-verify">
      <ProgressBar percent={percent} label="Verification" />
      <div className="dcpl-verify-file">{file === null ? 'Waiting for its turn' : <MiddleText text={file} mono />}</div>
    </div>
  );
}
