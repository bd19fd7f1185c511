import { t } from '../messages';
import { type FieldSchema, fieldKind, fieldTitle, type Values } from './schema-model';
import { SelectField } from './select-field';
import { TextField } from './text-field';
import { SwitchField } from './toggle-field';

export interface SchemaFieldProps {
  name: string;
  path: string;
  schema: FieldSchema;
  required: boolean;
  value: unknown;
  errors: Record<string, string>;
  onChange: (value: unknown) => void;
}

const LONG_TEXT = 200;

function parseNumber(text: string): unknown {
  return text.trim() === '' ? undefined : Number(text);
}

function parseJson(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : JSON.parse(text);
  } catch {
    return text;
  }
}

/** One property of a schema, drawn by its kind. */
export function SchemaField({ name, path, schema, required, value, errors, onChange }: SchemaFieldProps) {
  const label = fieldTitle(name, schema);
  const common = { label, hint: schema.description, error: errors[path], required, disabled: schema.readOnly ?? false };
  switch (fieldKind(schema)) {
    case 'group':
      return (
        <SchemaGroup
          schema={schema}
          label={label}
          path={path}
          value={(value ?? {}) as Values}
          errors={errors}
          onChange={onChange}
        />
      );
    case 'truth':
      return <SwitchField {...common} checked={value === true} onChange={onChange} />;
    case 'choice': {
      const options = (schema.enum ?? []).map((each) => ({ value: String(each), label: String(each) }));
      const chosen = value === undefined ? '' : String(value);
      const back = (text: string) => (schema.enum ?? []).find((each) => String(each) === text);
      return (
        <SelectField
          {...common}
          value={chosen}
          options={[{ value: '', label: t('form.notSet') }, ...options]}
          onChange={(text) => onChange(back(text))}
        />
      );
    }
    case 'number':
      return (
        <TextField
          {...common}
          type="number"
          value={value === undefined ? '' : String(value)}
          onChange={(text) => onChange(parseNumber(text))}
        />
      );
    case 'list': {
      const lines = Array.isArray(value) ? value.join('\n') : '';
      const split = (text: string) => (text === '' ? undefined : text.split('\n'));
      return (
        <TextField
          {...common}
          hint={schema.description ?? t('form.oneALine')}
          lines={4}
          mono
          value={lines}
          onChange={(text) => onChange(split(text))}
        />
      );
    }
    case 'json': {
      const text = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value, null, 2);
      return <TextField {...common} lines={6} mono value={text} onChange={(next) => onChange(parseJson(next))} />;
    }
    case 'secret':
      return (
        <TextField
          {...common}
          type="password"
          autoComplete="new-password"
          placeholder={t('form.keptSecretTypeToReplace')}
          value={String(value ?? '')}
          onChange={(text) => onChange(text === '' ? undefined : text)}
        />
      );
    case 'text': {
      const long = (schema.maxLength ?? 0) > LONG_TEXT;
      return (
        <TextField
          {...common}
          {...(long ? { lines: 4 } : {})}
          value={String(value ?? '')}
          onChange={(text) => onChange(text === '' ? undefined : text)}
        />
      );
    }
  }
}

interface SchemaGroupProps {
  schema: FieldSchema;
  label: string;
  path: string;
  value: Values;
  errors: Record<string, string>;
  onChange: (value: unknown) => void;
}

function SchemaGroup({ schema, label, path, value, errors, onChange }: SchemaGroupProps) {
  return (
    <fieldset className="flex min-w-0 flex-col gap-3 rounded-card border border-line p-3">
      <legend className="px-1 text-body font-semibold">{label}</legend>
      {schema.description ? <p className="text-small text-muted">{schema.description}</p> : null}
      {Object.entries(schema.properties ?? {}).map(([key, property]) => (
        <SchemaField
          key={key}
          name={key}
          path={`${path}/${key}`}
          schema={property}
          required={schema.required?.includes(key) ?? false}
          value={value[key]}
          errors={errors}
          onChange={(next) => onChange({ ...value, [key]: next })}
        />
      ))}
    </fieldset>
  );
}
