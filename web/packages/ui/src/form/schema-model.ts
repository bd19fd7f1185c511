import type { OutputUnit, Schema } from '@cfworker/json-schema';
import { t } from '../messages';

/**
 * The part of JSON Schema 2020-12 that forms are drawn from: an object whose properties are texts (also enum and
 * format), numbers, truth values, lists of texts, or objects of these. `writeOnly` marks a secret.
 */
export interface FieldSchema {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  format?: string;
  writeOnly?: boolean;
  readOnly?: boolean;
  maxLength?: number;
  items?: FieldSchema;
  properties?: Record<string, FieldSchema>;
  required?: string[];
}

export type Values = Record<string, unknown>;

export type FieldKind = 'text' | 'secret' | 'choice' | 'number' | 'truth' | 'list' | 'group' | 'json';

/** How one property is drawn. */
export function fieldKind(schema: FieldSchema): FieldKind {
  const types = Array.isArray(schema.type) ? schema.type.filter((type) => type !== 'null') : [schema.type];
  const type = types[0];
  if (schema.writeOnly) return 'secret';
  if (schema.enum) return 'choice';
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'truth';
  if (type === 'array' && schema.items?.type === 'string') return 'list';
  if (type === 'object' && schema.properties) return 'group';
  return 'json';
}

/** A property's name for people: its title, or its key in words. */
export function fieldTitle(key: string, schema: FieldSchema): string {
  if (schema.title) return schema.title;
  const words = key.replaceAll(/[_-]+/g, ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2');
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** The values a form starts with: what is kept, else the schema's defaults. */
export function startValues(schema: FieldSchema, kept: Values): Values {
  const entries = Object.entries(schema.properties ?? {}).map(([key, property]): [string, unknown] => {
    const value = kept[key];
    if (fieldKind(property) === 'group') return [key, startValues(property, (value ?? {}) as Values)];
    return [key, value ?? property.default];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null));
}

/** What changed between `before` and `after` at the top level; a removed value is null. */
export function changes(before: Values, after: Values): Values {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  const changed = [...keys].filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  return Object.fromEntries(changed.map((key) => [key, after[key] ?? null]));
}

const REASONS = {
  minLength: 'form.tooShort',
  maxLength: 'form.tooLong',
  minimum: 'form.tooSmall',
  maximum: 'form.tooLarge',
  pattern: 'form.wrongForm',
  format: 'form.wrongForm',
  enum: 'form.notOffered',
  type: 'form.wrongKind',
} as const;

/** Why a value is refused. The checker has its reasons in English only, so that only its limits are taken from it. */
function reason({ keyword, error }: OutputUnit): string {
  const limit = /-?\d+(\.\d+)?(?=\D*$)/.exec(error)?.[0] ?? '';
  return t(keyword in REASONS ? REASONS[keyword as keyof typeof REASONS] : 'form.notAccepted', { limit });
}

/** Errors by property path (`server/port`). Kept secrets count as given. The checker loads when a form is first sent. */
export async function validate(
  schema: FieldSchema,
  values: Values,
  keptSecrets: readonly string[],
): Promise<Record<string, string>> {
  const { Validator } = await import('@cfworker/json-schema');
  const required = schema.required?.filter((key) => !keptSecrets.includes(key));
  const checked = { ...schema, ...(required ? { required } : {}) };
  const { errors } = new Validator(checked as Schema, '2020-12', false).validate(values);
  const found: Record<string, string> = {};
  for (const unit of errors) {
    if (unit.keyword === 'properties' || unit.keyword === 'items') continue;
    const missing = unit.keyword === 'required' ? /"([^"]+)"/.exec(unit.error)?.[1] : undefined;
    const place = unit.instanceLocation.replace(/^#\/?/, '');
    const path = missing ? [place, missing].filter(Boolean).join('/') : place;
    found[path] ??= missing ? t('form.isRequired') : reason(unit);
  }
  return found;
}
