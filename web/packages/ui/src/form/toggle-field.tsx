import { type ReactNode, useId } from 'react';
import { FieldError } from './field-frame';

export interface ToggleFieldProps {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

function ToggleField({
  label,
  hint,
  error,
  checked,
  onChange,
  disabled,
  look,
}: ToggleFieldProps & { look: 'switch' | 'checkbox' }) {
  const id = useId();
  return (
    <div className="flex min-w-0 items-start gap-2">
      <input
        id={id}
        type="checkbox"
        role={look === 'switch' ? 'switch' : undefined}
        checked={checked}
        disabled={disabled}
        aria-describedby={hint ? `${id}-hint` : undefined}
        onChange={(event) => onChange(event.target.checked)}
        className={look === 'switch' ? 'lh-switch' : 'mt-0.5 size-4 shrink-0'}
      />
      <div className="min-w-0">
        <label htmlFor={id} className="text-body font-medium">
          {label}
        </label>
        {hint ? (
          <p id={`${id}-hint`} className="text-small text-muted">
            {hint}
          </p>
        ) : null}
        <FieldError error={error} />
      </div>
    </div>
  );
}

/** On or off, at once. */
export function SwitchField(props: ToggleFieldProps) {
  return <ToggleField {...props} look="switch" />;
}

/** Yes or no, sent with the form. */
export function CheckboxField(props: ToggleFieldProps) {
  return <ToggleField {...props} look="checkbox" />;
}
