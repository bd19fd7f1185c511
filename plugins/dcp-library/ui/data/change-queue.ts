/** Collects changed ids for a moment, so that a scan of thousands costs a few calls instead of thousands. */
import type { PackageChange } from './package-list';

/** More changes than this in one flush are read as a whole list. */
export const MOST_SINGLE_READS = 40;

const SETTLE_MS = 400;

export interface Flush {
  /** Ids to read one by one; empty when `reload` is set. */
  read: readonly string[];
  gone: ReadonlySet<string>;
  /** Too many changes: read the list again. */
  reload: boolean;
}

export class ChangeQueue {
  readonly #pending = new Map<string, PackageChange['change']>();
  readonly #onFlush: (flush: Flush) => void;
  readonly #busy: () => boolean;
  #timer: ReturnType<typeof setTimeout> | null = null;

  /** While `busy` answers true the changes are kept: what is being read now would overwrite them. */
  constructor(onFlush: (flush: Flush) => void, busy: () => boolean = () => false) {
    this.#onFlush = onFlush;
    this.#busy = busy;
  }

  add({ id, change }: PackageChange): void {
    this.#pending.set(id, change);
    this.#timer ??= setTimeout(() => this.flush(), SETTLE_MS);
  }

  flush(): void {
    this.stop();
    if (this.#busy()) {
      this.#timer = setTimeout(() => this.flush(), SETTLE_MS);
      return;
    }
    const entries = [...this.#pending];
    this.#pending.clear();
    if (entries.length === 0) return;
    const gone = new Set(entries.filter(([, change]) => change === 'removed').map(([id]) => id));
    const read = entries.filter(([, change]) => change !== 'removed').map(([id]) => id);
    const reload = read.length > MOST_SINGLE_READS;
    this.#onFlush({ read: reload ? [] : read, gone, reload });
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
