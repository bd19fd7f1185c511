import { TriangleAlert } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { t } from '../messages';

export interface FieldCommon {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  required?: boolean | undefined;
  disabled?: boolean | undefined;
}

export interface FieldIds {
  id: string;
  'aria-describedby': string | undefined;
  'aria-invalid': true | undefined;
  'aria-required': true | undefined;
  disabled: boolean | undefined;
}

export const INPUT_CLASS =
  'lh-touch w-full min-w-0 rounded-control border border-control bg-field px-2 text-form text-fg placeholder:text-muted disabled:opacity-55 aria-invalid:border-bad';

/** Label above, hint and error below, tied to the control by id. */
export function FieldFrame({
  label,
  hint,
  error,
  required,
  disabled,
  children,
}: FieldCommon & { children: (ids: FieldIds) => ReactNode }) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : null, error ? `${id}-error` : null].filter(Boolean).join(' ');
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="text-body font-medium">
        {label}
        {required ? <span className="text-muted"> {t('form.required')}</span> : null}
      </label>
      {children({
        id,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': required || undefined,
        disabled,
      })}
      {hint ? (
        <p id={`${id}-hint`} className="text-small text-muted">
          {hint}
        </p>
      ) : null}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

export function FieldError({ id, error }: { id?: string; error: string | undefined }) {
  if (!error) return null;
  return (
    <p id={id} className="flex items-start gap-1 text-small text-bad">
      <TriangleAlert size={14} aria-hidden className="mt-px shrink-0" />
      {error}
    </p>
  );
}
