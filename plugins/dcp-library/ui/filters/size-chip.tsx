import { Button, formatBytes, formatNumber, TextField } from '@lamphouse/ui';
import { useEffect, useState } from 'react';
import { t } from '../messages';
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
  if (max === 0) return t('filters.over', { min: formatBytes(min) });
  return min === 0
    ? t('filters.upTo', { max: formatBytes(max) })
    : t('filters.to2', { min: formatBytes(min), max: formatBytes(max) });
}

/** Packages between two sizes. */
export function SizeChip({ min, max, onChange }: SizeChipProps) {
  const bounds = (min_size: number, max_size: number) => () => onChange({ min_size, max_size });
  const presets = [
    { label: t('filters.over100Gb'), active: min === LARGE && max === 0, set: bounds(LARGE, 0) },
    { label: t('filters.n5To100Gb'), active: min === SMALL && max === LARGE, set: bounds(SMALL, LARGE) },
    { label: t('filters.upTo5Gb'), active: min === 0 && max === SMALL, set: bounds(0, SMALL) },
  ];
  return (
    <RangeChip label={t('filters.size')} summary={summaryOf(min, max)}>
      <PresetButtons label={t('filters.commonSizes')} presets={presets} />
      <div className="dcpl-range">
        <GigabyteField
          label={t('filters.fromGb')}
          bytes={min}
          onChange={(bytes) => onChange({ min_size: bytes, max_size: max })}
        />
        <GigabyteField
          label={t('filters.toGb')}
          bytes={max}
          onChange={(bytes) => onChange({ min_size: min, max_size: bytes })}
        />
      </div>
      <Button variant="ghost" size="small" disabled={min === 0 && max === 0} onClick={bounds(0, 0)}>
        {t('filters.anySize')}
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
      error={read === null ? t('filters.numberSuchAs', { example: formatNumber(2.5) }) : undefined}
      onChange={(next) => {
        setText(next);
        const value = parseGigabytes(next);
        if (value !== null) onChange(value);
      }}
    />
  );
}
