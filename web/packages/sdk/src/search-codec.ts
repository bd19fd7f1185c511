export type SearchValue = string | number | boolean | readonly string[];
export type SearchDefaults = Readonly<Record<string, SearchValue>>;

/** Literal types widened, so that `useSearch({ q: '' })` lets `q` be any string. */
export type SearchOf<D extends SearchDefaults> = {
  [K in keyof D]: D[K] extends readonly string[]
    ? readonly string[]
    : D[K] extends boolean
      ? boolean
      : D[K] extends number
        ? number
        : string;
};

function decodeValue(text: string, fallback: SearchValue): SearchValue {
  if (typeof fallback === 'string') return text;
  if (typeof fallback === 'boolean') return text === 'true' ? true : text === 'false' ? false : fallback;
  if (typeof fallback === 'number') {
    const value = Number(text);
    return text.trim() !== '' && Number.isFinite(value) ? value : fallback;
  }
  return text
    .split(',')
    .filter((part) => part !== '')
    .map((part) => part.replaceAll('%2C', ',').replaceAll('%25', '%'));
}

/** A value as text. Commas separate the parts of a list; those within a part are escaped. */
function encodeValue(value: SearchValue): string {
  if (typeof value !== 'object') return String(value);
  return value.map((part) => part.replaceAll('%', '%25').replaceAll(',', '%2C')).join(',');
}

/** The values in a query text; what is missing or malformed takes its default. */
export function decodeSearch<D extends SearchDefaults>(search: string, defaults: D): SearchOf<D> {
  const parameters = new URLSearchParams(search);
  const values: Record<string, SearchValue> = {};
  for (const [name, fallback] of Object.entries(defaults)) {
    const text = parameters.get(name);
    values[name] = text === null ? fallback : decodeValue(text, fallback);
  }
  return values as SearchOf<D>;
}

/** `search` with `patch` applied; values equal to their default are left out, unknown parameters stay. */
export function patchSearch<D extends SearchDefaults>(
  search: string,
  defaults: D,
  patch: Partial<SearchOf<D>>,
): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const text = encodeValue(value);
    if (text === encodeValue(defaults[name] ?? '')) parameters.delete(name);
    else parameters.set(name, text);
  }
  const text = parameters.toString().replaceAll('%2C', ',');
  return text === '' ? '' : `?${text}`;
}
