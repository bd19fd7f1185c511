import { type FormEvent, useMemo, useRef, useState } from 'react';
import { Button } from '../button';
import { t } from '../messages';
import { EmptyState } from '../states';
import { SchemaField } from './schema-field';
import { changes, type FieldSchema, fieldKind, startValues, type Values, validate } from './schema-model';

export interface SchemaFormProps {
  /** JSON Schema of an object. */
  schema: Record<string, unknown>;
  /** What is kept now; secrets come as null. */
  values: Record<string, unknown>;
  submitLabel: string;
  /** Gets only what changed; a removed value is null. A thrown error is shown, beside its field if it names one. */
  onSubmit: (changed: Record<string, unknown>) => Promise<void> | void;
}

function messageOf(error: unknown): { field: string; message: string } {
  const { field, message } = error as { field?: string; message?: string };
  return { field: field ?? '', message: message ?? t('form.thisCouldNotBeSaved') };
}

/** A form drawn from a JSON Schema. The host checks again; this check only spares a round trip. */
export function SchemaForm({ schema, values, submitLabel, onSubmit }: SchemaFormProps) {
  const root = schema as FieldSchema;
  const start = useMemo(() => startValues(root, values), [root, values]);
  const [edited, setEdited] = useState<Values | null>(null);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [pending, setPending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const now = edited ?? start;
  const properties = Object.entries(root.properties ?? {});
  const changed = changes(start, JSON.parse(JSON.stringify(now)) as Values);
  const dirty = Object.keys(changed).length > 0;
  if (properties.length === 0)
    return <EmptyState title={t('form.nothingToSet')} message={t('form.thisHasNoSettings')} />;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const secrets = properties.filter(([, property]) => fieldKind(property) === 'secret').map(([key]) => key);
    const found = await validate(root, JSON.parse(JSON.stringify(now)) as Values, secrets);
    setErrors(found);
    if (Object.keys(found).length > 0) {
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    setPending(true);
    try {
      await onSubmit(changed);
      setEdited(null);
    } catch (error) {
      const { field, message } = messageOf(error);
      setErrors({ [field.replaceAll('.', '/')]: message });
    } finally {
      setPending(false);
    }
  };

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} noValidate className="flex max-w-xl flex-col gap-4">
      {properties.map(([key, property]) => (
        <SchemaField
          key={key}
          name={key}
          path={key}
          schema={property}
          required={root.required?.includes(key) ?? false}
          value={now[key]}
          errors={errors}
          onChange={(value) => setEdited({ ...now, [key]: value })}
        />
      ))}
      {errors[''] ? (
        <p role="alert" className="text-body text-bad">
          {errors['']}
        </p>
      ) : null}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" variant="primary" pending={pending} disabled={!dirty}>
          {submitLabel}
        </Button>
        <Button disabled={!dirty || pending} onClick={() => setEdited(null)}>
          {t('form.discardChanges')}
        </Button>
      </div>
    </form>
  );
}
