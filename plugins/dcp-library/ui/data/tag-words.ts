/** Tags as people type them. */
const LONGEST = 40;

/** The tags of a text with commas, each once; null when one of them is no tag. */
export function parseTags(text: string): string[] | null {
  const tags = text.split(',').map((tag) => tag.trim().replace(/\s+/g, ' ').toLowerCase());
  const typed = [...new Set(tags.filter(Boolean))];
  return typed.every((tag) => tag.length <= LONGEST && !/["\\]/.test(tag)) ? typed : null;
}
