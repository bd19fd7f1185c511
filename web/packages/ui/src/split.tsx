import { type KeyboardEvent, type PointerEvent, type ReactNode, useState } from 'react';
import { t } from './messages';

const MIN = 360;
const MAX = 560;
const STEP = 16;

/** A list with a panel at its right side that can be sized; on a small screen the panel covers the list. */
export function Split({ children, panel }: { children: ReactNode; panel: ReactNode | null }) {
  const [width, setWidth] = useState(440);
  const resize = (to: number) => setWidth(Math.min(MAX, Math.max(MIN, to)));
  const onKey = (event: KeyboardEvent) => {
    const way = event.key === 'ArrowLeft' ? STEP : event.key === 'ArrowRight' ? -STEP : 0;
    if (way === 0) return;
    event.preventDefault();
    resize(width + way);
  };
  const drag = (event: PointerEvent<HTMLElement>) => {
    if (event.buttons !== 1) return;
    const right = event.currentTarget.parentElement?.getBoundingClientRect().right ?? 0;
    resize(right - event.clientX);
  };
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</div>
      {panel === null ? null : (
        <>
          <div
            role="separator"
            aria-orientation="vertical"
            aria-label={t('split.widthOfThePanel')}
            aria-valuenow={width}
            aria-valuemin={MIN}
            aria-valuemax={MAX}
            tabIndex={0}
            onKeyDown={onKey}
            onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
            onPointerMove={drag}
            className="hidden w-1 shrink-0 cursor-col-resize touch-none bg-line hover:bg-control lg:block"
          />
          <div
            className="absolute inset-0 z-20 flex min-h-0 flex-col border-t border-line bg-surface lg:static lg:w-(--panel) lg:shrink-0"
            style={{ ['--panel' as string]: `${width}px` }}
          >
            {panel}
          </div>
        </>
      )}
    </div>
  );
}
