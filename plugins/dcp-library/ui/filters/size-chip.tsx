import { Button, formatBytes, TextField } from '@lamphouse/ui';
import { useEffect, useState } from 'react';
import { PresetButtons } from './preset-buttons';
import { RangeChip } from './range-chip';
import { formatGigabytes, parseGigabytes } from './size-input';

const LARGE = 100e9;
const SMALL = 5e9;

export interface SizeChipProps {
  min: number;
  max: number;
  onChange: (bounds: { min_size: number; max_size: number }) => void;
}

function summaryOf(min: number, max: number): string | null {
  if (min === 0 && max === 0) return null;
  if (max === 0) return `over ${formatBytes(min)}`;
  return min === 0 ? `up to ${formatBytes(max)}` : `${formatBytes(min)} to ${formatBytes(max)}`;
}

/** Packages between two sizes. */
export function SizeChip({ min, max, onChange }: SizeChipProps) {
  const bounds = (min_size: number, max_size: number) => () => onChange({ min_size, max_size });
  const presets = [
    { label: 'Over 100 GB', active: min === LARGE && max === 0, set: bounds(LARGE, 0) },
    { label: '5 to 100 GB', active: min === SMALL && max === LARGE, set: bounds(SMALL, LARGE) },
    { label: 'Up to 5 GB', active: min === 0 && max === SMALL, set: bounds(0, SMALL) },
  ];
  return (
    <RangeChip label="Size" summary={summaryOf(min, max)}>
      <PresetButtons label="Common sizes" presets={presets} />
      <div className="dcpl-range">
        <GigabyteField
          label="From, GB"
          bytes={min}
          onChange={(bytes) => onChange({ min_size: bytes, max_size: max })}
        />
        <GigabyteField label="To, GB" bytes={max} onChange={(bytes) => onChange({ min_size: min, max_size: bytes })} />
      </div>
      <Button variant="ghost" size="small" disabled={min === 0 && max === 0} onClick={bounds(0, 0)}>
        Any size
      </Button>
    </RangeChip>
  );
}

function GigabyteField({
  label,
  bytes,
  onChange,
}: {
  label: string;
  bytes: number;
  onChange: (bytes: number) => void;
}) {
  const [text, setText] = useState(formatGigabytes(bytes));
  useEffect(() => {
    setText((now) => (parseGigabytes(now) === bytes ? now : formatGigabytes(bytes)));
  }, [bytes]);
  const read = parseGigabytes(text);
  return (
    <TextField
      label={label}
      value={text}
      error={read === null ? 'A number such as 2.5' : undefined}
      onChange={(next) => {
        setText(next);
        const value = parseGigabytes(next);
        if (value !== null) onChange(value);
      }}
    />
  );
}
