/** What a frame may ask for: bounds that keep a hostile or broken page from harming the shell. */
export const MAX_MESSAGE_BYTES = 1_000_000;
export const CALLS_PER_SECOND = 50;
export const TOASTS_PER_MINUTE = 3;

/** Lets `count` pass in each window of `windowMs`. */
export function createRate(count: number, windowMs: number, now: () => number): () => boolean {
  let start = now();
  let used = 0;
  return () => {
    const at = now();
    if (at - start >= windowMs) {
      start = at;
      used = 0;
    }
    used += 1;
    return used <= count;
  };
}

/** Is `path` still below the plugin's own routes once a browser and a server have read it? */
export function staysBelow(plugin: string, path: string): boolean {
  if (/%(2e|2f|5c|00)/i.test(path) || /[\\?#]/.test(path)) return false;
  const prefix = `/api/v1/p/${plugin}/`;
  const url = new URL(prefix + path.replace(/^\//, ''), 'http://host.invalid');
  return url.host === 'host.invalid' && url.pathname.startsWith(prefix);
}

/** May a frame of `plugin` hear this event? Its own topics, and the changes of its own jobs. */
export function mayHear(plugin: string, event: { type: string; data: { [key: string]: unknown } }): boolean {
  if (event.type.startsWith('jobs.')) return event.data.plugin === plugin;
  return event.type.startsWith(`${plugin}.`) || event.data.plugin === plugin;
}
