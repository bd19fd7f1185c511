import { Menu as Base } from '@base-ui/react/menu';
import { Check, ChevronDown } from 'lucide-react';
import { classNames } from './class-names';
import { formatCount } from './format';
import { MENU_ITEM, MENU_POPUP } from './menu';
import { t } from './messages';
import { usePortalRoot } from './portal-root';

export interface FilterOption {
  value: string;
  label: string;
  count?: number;
}

export interface FilterChipProps {
  label: string;
  options: FilterOption[];
  selected: readonly string[];
  onChange: (selected: string[]) => void;
}

function summary(label: string, options: FilterOption[], selected: readonly string[]): string {
  if (selected.length === 0) return label;
  const first = options.find((option) => option.value === selected[0])?.label ?? selected[0];
  return selected.length === 1 ? `${label}: ${first}` : `${label}: ${first} +${selected.length - 1}`;
}

/** One facet of a filter: any of the ticked values. */
export function FilterChip({ label, options, selected, onChange }: FilterChipProps) {
  const portalRoot = usePortalRoot();
  const toggle = (value: string, on: boolean) =>
    onChange(on ? [...selected, value] : selected.filter((each) => each !== value));
  return (
    <Base.Root>
      <Base.Trigger
        className={classNames(
          'lh-touch inline-flex h-7 shrink-0 items-center gap-1 rounded-control border px-2 text-small font-medium',
          selected.length > 0
            ? 'border-focus bg-selected text-fg'
            : 'border-control bg-surface text-fg hover:bg-raised',
        )}
      >
        <span className="max-w-48 truncate">{summary(label, options, selected)}</span>
        <ChevronDown size={14} aria-hidden />
      </Base.Trigger>
      <Base.Portal container={portalRoot}>
        <Base.Positioner sideOffset={4} align="start" className="z-50">
          <Base.Popup className={MENU_POPUP}>
            {options.map((option) => (
              <Base.CheckboxItem
                key={option.value}
                checked={selected.includes(option.value)}
                onCheckedChange={(on) => toggle(option.value, on)}
                className={classNames(MENU_ITEM, 'lh-touch')}
              >
                <span className="flex size-4 items-center justify-center rounded-control border border-control">
                  <Base.CheckboxItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.CheckboxItemIndicator>
                </span>
                <span className="flex-1">{option.label}</span>
                {option.count === undefined ? null : <span className="text-muted">{formatCount(option.count)}</span>}
              </Base.CheckboxItem>
            ))}
            <Base.Separator className="my-1 h-px bg-line" />
            <Base.Item
              disabled={selected.length === 0}
              onClick={() => onChange([])}
              className={classNames(MENU_ITEM, 'lh-touch')}
            >
              {t('filterChip.clear')}
            </Base.Item>
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
