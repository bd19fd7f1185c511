import { Search, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from './icon-button';
import { t } from './messages';

export function Toolbar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search aria-label={label} className="flex min-h-10 shrink-0 flex-wrap items-center gap-2 px-4 pb-2">
      {children}
    </search>
  );
}

export interface SearchFieldProps {
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
}

const SETTLE_MS = 120;

/** Types at once, tells after a short rest. The shell's `/` key leads to it. */
export function SearchField({ value, onChange, placeholder }: SearchFieldProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <span className="relative flex min-w-40 flex-1 items-center md:max-w-80">
      <Search size={14} aria-hidden className="pointer-events-none absolute left-2 text-muted" />
      <input
        type="text"
        inputMode="search"
        role="searchbox"
        data-search-field
        aria-label={placeholder}
        placeholder={placeholder}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text !== '') {
            event.stopPropagation();
            setText('');
          }
        }}
        className="lh-touch h-7 w-full rounded-control border border-control bg-field pr-7 pl-7 text-body text-fg placeholder:text-muted"
      />
      {text === '' ? null : (
        <span className="absolute right-0.5">
          <IconButton icon={X} label={t('toolbar.clearSearch')} size="small" onClick={() => setText('')} />
        </span>
      )}
    </span>
  );
}
