import { Popover } from '@base-ui/react/popover';
import { Columns3, Minus, Plus } from 'lucide-react';
import { IconButton } from '../icon-button';
import { t } from '../messages';
import { usePortalRoot } from '../portal-root';
import type { Column } from './columns';
import type { TableLayoutControl } from './layout-store';

const STEP = 24;

/** Which columns are shown and how wide they are, without dragging. */
export function ColumnsMenu<Row>({
  columns,
  control,
}: {
  columns: readonly Column<Row>[];
  control: TableLayoutControl;
}) {
  const portalRoot = usePortalRoot();
  const { layout, setVisible, setWidth } = control;
  return (
    <Popover.Root>
      <Popover.Trigger render={<IconButton icon={Columns3} label={t('table.columns')} size="small" />} />
      <Popover.Portal container={portalRoot}>
        <Popover.Positioner sideOffset={4} align="end" side="top" className="z-50">
          <Popover.Popup className="lh-popup max-h-[60vh] w-72 overflow-y-auto rounded-card border border-line bg-surface p-2 text-body text-fg shadow-popover">
            <Popover.Title className="px-1 pb-1 text-small font-semibold text-muted">
              {t('table.columns')}
            </Popover.Title>
            <ul>
              {columns.map((column) => {
                const width = layout.widths[column.id] ?? column.width ?? column.minWidth ?? 120;
                const shown = layout.visible[column.id] ?? column.hidden !== true;
                return (
                  <li key={column.id} className="flex items-center gap-1">
                    <label className="flex min-h-7 flex-1 items-center gap-2 px-1">
                      <input
                        type="checkbox"
                        className="size-4"
                        checked={shown}
                        onChange={(event) => setVisible(column.id, event.target.checked)}
                      />
                      {column.header}
                    </label>
                    <IconButton
                      icon={Minus}
                      size="small"
                      label={t('table.narrower', { header: column.header })}
                      onClick={() => setWidth(column.id, width - STEP)}
                    />
                    <IconButton
                      icon={Plus}
                      size="small"
                      label={t('table.wider', { header: column.header })}
                      onClick={() => setWidth(column.id, width + STEP)}
                    />
                  </li>
                );
              })}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
