import { useEffect } from 'react';

const ENTRY_KEYS: readonly string[] = ['j', 'k', 'ArrowDown', 'ArrowUp'];

/** Brings the focus into the table when a row key is pressed while nothing has it; from there the table takes the keys. */
export function useGridEntry(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
      if (modified || event.target !== document.body || !ENTRY_KEYS.includes(event.key)) return;
      const row = document.querySelector<HTMLElement>('.dcpl-library [data-row][tabindex="0"]');
      if (row === null) return;
      event.preventDefault();
      row.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
