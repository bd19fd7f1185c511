import { useCallback, useEffect, useState } from 'react';
import { readLayout, type TableLayout } from '../table/layout-store';

/** A way to look at a list that its reader gave a name. */
export interface SavedView {
  name: string;
  /** Filters and sort as they stand in the address. */
  search: string;
  columns: TableLayout;
}

const isView = (value: unknown): value is SavedView => {
  const { name, search } = (value ?? {}) as Partial<SavedView>;
  return typeof name === 'string' && name !== '' && typeof search === 'string';
};

/** Views out of what the browser kept; what is no view is left out. */
export function readViews(text: string | null): SavedView[] {
  try {
    const kept: unknown = JSON.parse(text ?? '[]');
    if (!Array.isArray(kept)) return [];
    return kept.filter(isView).map((view) => ({ ...view, columns: readLayout(view.columns) }));
  } catch {
    return [];
  }
}

/** `views` with one more, in the place of one of the same name, in the order of their names. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  const others = views.filter((each) => each.name !== view.name);
  return [...others, view].sort((a, b) => a.name.localeCompare(b.name));
}

const sameRecord = (one: Record<string, unknown>, other: Record<string, unknown>) =>
  Object.keys({ ...one, ...other }).every((key) => one[key] === other[key]);

/** Do both show the same? */
export function sameView(one: Omit<SavedView, 'name'>, other: Omit<SavedView, 'name'>): boolean {
  const { columns } = other;
  const layouts = sameRecord(one.columns.visible, columns.visible) && sameRecord(one.columns.widths, columns.widths);
  return one.search === other.search && layouts;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // A framed page has no storage.
    return null;
  }
}

/** The views that this browser keeps under a key; other tabs follow. */
export function useSavedViews(key: string) {
  const [views, setViews] = useState(() => readViews(read(key)));
  useEffect(() => {
    setViews(readViews(read(key)));
    const follow = (event: StorageEvent) => (event.key === key ? setViews(readViews(event.newValue)) : undefined);
    window.addEventListener('storage', follow);
    return () => window.removeEventListener('storage', follow);
  }, [key]);
  const keep = useCallback(
    (next: SavedView[]) => {
      setViews(next);
      try {
        localStorage.setItem(key, JSON.stringify(next));
      } catch {
        // Without storage a view lasts as long as the page.
      }
    },
    [key],
  );
  return {
    views,
    save: (view: SavedView) => keep(withView(views, view)),
    remove: (name: string) => keep(views.filter((view) => view.name !== name)),
  };
}
