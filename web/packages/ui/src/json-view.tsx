import { CopyText } from './copy-text';
import { t } from './messages';

/** A value as indented JSON, with a way to copy it. */
export function JsonView({ value, label = 'JSON' }: { value: unknown; label?: string }) {
  if (value === null || value === undefined) return <p className="text-muted">{t('jsonView.none')}</p>;
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="rounded-control border border-line bg-sunken">
      <pre
        tabIndex={0}
        role="group"
        aria-label={label}
        className="max-h-80 overflow-auto p-3 font-mono text-small whitespace-pre-wrap"
      >
        {text}
      </pre>
      <div className="flex justify-end border-t border-line px-1 py-0.5">
        <span className="sr-only">{label}</span>
        <CopyText value={text.length > 24 ? `${text.length} characters` : text} copied={text} label={label} />
      </div>
    </div>
  );
}
