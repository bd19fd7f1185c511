import { Combobox } from '@base-ui/react/combobox';
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
  /** With a field to search the options in, for facets with many of them. */
  searchable?: boolean;
}

/** Options that are drawn at a time; a search finds the others. */
const MOST_DRAWN = 200;

function summary(label: string, options: FilterOption[], selected: readonly string[]): string {
  if (selected.length === 0) return label;
  const first = options.find((option) => option.value === selected[0])?.label ?? selected[0];
  return selected.length === 1 ? `${label}: ${first}` : `${label}: ${first} +${selected.length - 1}`;
}

function chipClass(set: boolean): string {
  return classNames(
    'lh-touch inline-flex h-7 shrink-0 items-center gap-1 rounded-control border px-2 text-small font-medium',
    set ? 'border-focus bg-selected text-fg' : 'border-control bg-surface text-fg hover:bg-raised',
  );
}

const TICK_BOX = 'flex size-4 shrink-0 items-center justify-center rounded-control border border-control';

function OptionText({ label, count }: FilterOption) {
  return (
    <>
      <span className="min-w-0 flex-1">{label}</span>
      {count === undefined ? null : <span className="text-muted">{formatCount(count)}</span>}
    </>
  );
}

/** One facet of a filter: any of the ticked values. */
export function FilterChip({ searchable = false, ...props }: FilterChipProps) {
  return searchable ? <SearchedChip {...props} /> : <ListedChip {...props} />;
}

type ChipProps = Omit<FilterChipProps, 'searchable'>;

function ListedChip({ label, options, selected, onChange }: ChipProps) {
  const portalRoot = usePortalRoot();
  const toggle = (value: string, on: boolean) =>
    onChange(on ? [...selected, value] : selected.filter((each) => each !== value));
  return (
    <Base.Root>
      <Base.Trigger className={chipClass(selected.length > 0)}>
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
                <span className={TICK_BOX}>
                  <Base.CheckboxItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.CheckboxItemIndicator>
                </span>
                <OptionText {...option} />
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

function SearchedChip({ label, options, selected, onChange }: ChipProps) {
  const portalRoot = usePortalRoot();
  const chosen = selected.map((value) => options.find((each) => each.value === value) ?? { value, label: value });
  return (
    <Combobox.Root
      multiple
      items={options}
      value={chosen}
      onValueChange={(next: FilterOption[]) => onChange(next.map(({ value }) => value))}
      isItemEqualToValue={(one: FilterOption, other: FilterOption) => one.value === other.value}
      limit={MOST_DRAWN}
    >
      <Combobox.Trigger aria-label={summary(label, options, selected)} className={chipClass(selected.length > 0)}>
        <span className="max-w-48 truncate">{summary(label, options, selected)}</span>
        <ChevronDown size={14} aria-hidden />
      </Combobox.Trigger>
      <Combobox.Portal container={portalRoot}>
        <Combobox.Positioner sideOffset={4} align="start" className="z-50">
          <Combobox.Popup aria-label={label} className={classNames(MENU_POPUP, 'flex w-72 max-w-[90vw] flex-col')}>
            <Combobox.Input
              aria-label={t('filterChip.search', { label })}
              placeholder={t('filterChip.search', { label })}
              className="lh-touch mb-1 h-8 shrink-0 rounded-control border border-control bg-surface px-2"
            />
            <Combobox.Empty className="px-2 py-1 text-muted empty:hidden">{t('filterChip.nothing')}</Combobox.Empty>
            <Combobox.List className="min-h-0 overflow-y-auto">
              {(option: FilterOption) => (
                <Combobox.Item key={option.value} value={option} className={classNames(MENU_ITEM, 'lh-touch')}>
                  <span className={TICK_BOX}>
                    <Combobox.ItemIndicator>
                      <Check size={14} aria-hidden />
                    </Combobox.ItemIndicator>
                  </span>
                  <OptionText {...option} />
                </Combobox.Item>
              )}
            </Combobox.List>
            {selected.length > 0 ? (
              <button
                type="button"
                onClick={() => onChange([])}
                className={classNames(MENU_ITEM, 'lh-touch mt-1 shrink-0 border-t border-line text-left')}
              >
                {t('filterChip.clear')}
              </button>
            ) : null}
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </Combobox.Root>
  );
}
