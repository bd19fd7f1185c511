/** One frame of an event stream. */
export interface SseFrame {
  id: string | null;
  event: string;
  data: string;
}

/** Splits an event stream into frames; text may arrive in any pieces. Comments count as a sign of life only. */
export function createSseParser(onFrame: (frame: SseFrame) => void): (text: string) => void {
  let rest = '';
  let id: string | null = null;
  let event = 'message';
  let data: string[] = [];

  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) onFrame({ id, event, data: data.join('\n') });
      event = 'message';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'id') id = value;
    else if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  };

  return (text) => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const each of lines) line(each);
  };
}
