/** `GET /dcps/{uuid}/documents`: the documents of a package as they are written. */

export interface DocumentFile {
  /** Relative to the package's folder. */
  file: string;
  kind: 'asset_map' | 'volume_index' | 'packing_list' | 'composition';
  size_bytes: number;
}

export interface DocumentText {
  file: string;
  size_bytes: number;
  text: string;
  encoding_damaged: boolean;
}

/** Longer lines are shown in pieces: a document may be one line of many megabytes. */
const LONGEST_LINE = 400;

export interface SourceLine {
  /** Its number; null for the rest of a long line. */
  number: number | null;
  text: string;
}

/** The lines of a document, each short enough to be drawn. */
export function sourceLines(text: string): SourceLine[] {
  const lines: SourceLine[] = [];
  for (const [at, line] of text.split(/\r\n|\n|\r/).entries()) {
    lines.push({ number: at + 1, text: line.slice(0, LONGEST_LINE) });
    for (let from = LONGEST_LINE; from < line.length; from += LONGEST_LINE)
      lines.push({ number: null, text: line.slice(from, from + LONGEST_LINE) });
  }
  if (lines.length > 1 && lines.at(-1)?.text === '') lines.pop();
  return lines;
}

/** The text as a file is written in UTF-8, whatever it was in before. */
export function asUtf8(text: string): string {
  return text.replace(/^(<\?xml[^>]*?encoding=)(["'])[^"']*\2/, '$1$2UTF-8$2');
}
