/** What the events of the trash tell, gathered for a moment: many packages that go together are told of together. */

export interface TrashNews {
  id: string;
  name: string;
  state: string;
  message: string | null;
}

const SETTLE_MS = 600;

/** News of what this reader asked for; nothing for those of others. */
export function readTrashNews(data: Record<string, unknown>, reader: string): TrashNews | null {
  const { id, package_name: name, state, by, message } = data;
  if (typeof id !== 'string' || typeof name !== 'string' || typeof state !== 'string') return null;
  if (by !== `user:${reader}`) return null;
  return { id, name, state, message: typeof message === 'string' ? message : null };
}

export class NewsGatherer {
  readonly #onNews: (news: readonly TrashNews[]) => void;
  #waiting: TrashNews[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(onNews: (news: readonly TrashNews[]) => void) {
    this.#onNews = onNews;
  }

  add(news: TrashNews): void {
    this.#waiting.push(news);
    this.stop();
    this.#timer = setTimeout(() => this.flush(), SETTLE_MS);
  }

  flush(): void {
    this.stop();
    const told = this.#waiting;
    this.#waiting = [];
    if (told.length > 0) this.#onNews(told);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
