import { Status } from '@lamphouse/ui';
import { Info } from 'lucide-react';
import type { Severity } from '../data/package-detail';
import { t } from '../messages';

/** `2 errors`, `1 note`, or the severity alone, with its sign. */
export function SeverityMark({ severity, count }: { severity: Severity; count?: number }) {
  const label = count === undefined ? t(`overview.${severity}`) : t(`counts.${severity}`, { count });
  if (severity === 'error') return <Status state="bad" label={label} />;
  if (severity === 'warning') return <Status state="warn" label={label} />;
  return (
    <span className="dcpl-line dcpl-muted">
      <Info size={14} aria-hidden />
      <span>{label}</span>
    </span>
  );
}
