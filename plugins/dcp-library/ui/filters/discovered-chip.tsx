import { Button, TextField } from '@lamphouse/ui';
import { t } from '../messages';
import { PresetButtons } from './preset-buttons';
import { RangeChip } from './range-chip';

interface Bounds {
  recent: number;
  after: string;
  before: string;
}

export interface DiscoveredChipProps extends Bounds {
  onChange: (bounds: Bounds) => void;
}

const DAYS = [
  {
    days: 1,
    get label() {
      return t('filters.lastDay');
    },
  },
  {
    days: 7,
    get label() {
      return t('filters.last7Days');
    },
  },
  {
    days: 30,
    get label() {
      return t('filters.last30Days');
    },
  },
];

function summaryOf({ recent, after, before }: Bounds): string | null {
  if (recent > 0) return t('filters.lastDays', { count: recent });
  if (after !== '' && before !== '') return t('filters.to', { after, before });
  if (after !== '') return t('filters.since', { after });
  return before === '' ? null : t('filters.until', { before });
}

/** Packages first seen in a span of time. */
export function DiscoveredChip({ recent, after, before, onChange }: DiscoveredChipProps) {
  const presets = DAYS.map(({ days, label }) => ({
    label,
    active: recent === days,
    set: () => onChange({ recent: days, after: '', before: '' }),
  }));
  const bounds = { recent, after, before };
  return (
    <RangeChip label={t('filters.discovered')} summary={summaryOf(bounds)}>
      <PresetButtons label={t('filters.commonSpans')} presets={presets} />
      <div className="dcpl-range">
        <TextField
          label={t('filters.from')}
          type="date"
          value={after}
          onChange={(date) => onChange({ recent: 0, after: date, before })}
        />
        <TextField
          label={t('filters.until2')}
          type="date"
          value={before}
          onChange={(date) => onChange({ recent: 0, after, before: date })}
        />
      </div>
      <Button
        variant="ghost"
        size="small"
        disabled={summaryOf(bounds) === null}
        onClick={() => onChange({ recent: 0, after: '', before: '' })}
      >
        {t('filters.anyTime')}
      </Button>
    </RangeChip>
  );
}
