import { Button, TextField } from '@lamphouse/ui';
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
  { days: 1, label: 'Last day' },
  { days: 7, label: 'Last 7 days' },
  { days: 30, label: 'Last 30 days' },
];

function summaryOf({ recent, after, before }: Bounds): string | null {
  if (recent > 0) return recent === 1 ? 'last day' : `last ${recent} days`;
  if (after !== '' && before !== '') return `${after} to ${before}`;
  if (after !== '') return `since ${after}`;
  return before === '' ? null : `until ${before}`;
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
    <RangeChip label="Discovered" summary={summaryOf(bounds)}>
      <PresetButtons label="Common spans" presets={presets} />
      <div className="dcpl-range">
        <TextField
          label="From"
          type="date"
          value={after}
          onChange={(date) => onChange({ recent: 0, after: date, before })}
        />
        <TextField
          label="Until"
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
        Any time
      </Button>
    </RangeChip>
  );
}
