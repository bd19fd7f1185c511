import { ChevronDown } from 'lucide-react';
import { type ReactNode, type ToggleEvent, useId, useRef } from 'react';

const WIDTH = 288;
const GAP = 4;
const MARGIN = 8;

export interface RangeChipProps {
  label: string;
  /** What is set, in words; null when nothing is. */
  summary: string | null;
  children: ReactNode;
}

/** A filter chip that opens a small form. Uses the browser's own popover: Escape and a press outside close it. */
export function RangeChip({ label, summary, children }: RangeChipProps) {
  const id = useId();
  const trigger = useRef<HTMLButtonElement>(null);
  const place = (event: ToggleEvent<HTMLDivElement>) => {
    const box = trigger.current?.getBoundingClientRect();
    if (event.newState !== 'open' || box === undefined) return;
    const rightmost = document.documentElement.clientWidth - WIDTH - MARGIN;
    event.currentTarget.style.left = `${Math.max(MARGIN, Math.min(box.left, rightmost))}px`;
    event.currentTarget.style.top = `${box.bottom + GAP}px`;
  };
  return (
    <>
      <button
        ref={trigger}
        type="button"
        popoverTarget={id}
        className="dcpl-chip"
        data-set={summary !== null || undefined}
      >
        <span>{summary === null ? label : `${label}: ${summary}`}</span>
        <ChevronDown size={14} aria-hidden />
      </button>
      <div
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className="dcpl-popover"
        style={{ width: WIDTH }}
        onBeforeToggle={place}
      >
        {children}
      </div>
    </>
  );
}
