/** Sizes typed by people: gigabytes (10^9 bytes) with at most three decimals. */
const GIGABYTE = 1e9;

/** Bytes of a typed number of gigabytes: 0 for an empty text, null for anything that is no size. */
export function parseGigabytes(text: string): number | null {
  const trimmed = text.trim().replace(',', '.');
  if (trimmed === '') return 0;
  if (!/^\d{1,6}(\.\d{1,3})?$/.test(trimmed)) return null;
  return Math.round(Number(trimmed) * GIGABYTE);
}

/** The text of a bound in gigabytes; empty for none. */
export function formatGigabytes(bytes: number): string {
  return bytes > 0 ? String(Math.round(bytes / 1e6) / 1000) : '';
}
