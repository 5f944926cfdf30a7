/** How far a file is. The same object until it changes. */
export type LoadState =
  | { readonly name: "absent" }
  | { readonly name: "loading"; readonly done: number }
  | { readonly name: "failed"; readonly error: unknown }
  | { readonly name: "loaded"; readonly url: string; readonly blob: Blob };

/** Fetches a file. */
export type Fetch = (options: {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number) => void;
}) => Promise<Blob>;

interface Entry {
  state: LoadState;
  /** How many show it. */
  users: number;
  cancel?: AbortController;
}

const ABSENT: LoadState = { name: "absent" };

/** Files of messages that are in memory, each with an address for the page. What nobody shows is let go when there are too many. */
export class LoadedFiles {
  readonly #mostOctets: number;
  /** The one that was used longest ago comes first. */
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();

  /** @param mostOctets of files that nobody shows any more */
  constructor(mostOctets: number) {
    this.#mostOctets = mostOctets;
  }

  /** How far a file is. */
  state(key: string): LoadState {
    return this.#entries.get(key)?.state ?? ABSENT;
  }

  /** Hears when a file gets further. @returns ends it */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Keeps the address of a file good while somebody shows it. @returns ends it */
  hold(key: string): () => void {
    const entry = this.#touched(key);
    entry.users++;
    return () => {
      entry.users--;
      this.#tidy();
    };
  }

  /** Takes a file that is here already. */
  put(key: string, blob: Blob): void {
    const entry = this.#touched(key);
    if (entry.state.name === "loaded") return;
    entry.cancel?.abort();
    this.#become(entry, { name: "loaded", url: URL.createObjectURL(blob), blob });
    this.#tidy();
  }

  /** Fetches a file, unless it is here or on its way. It never throws: see its state. @returns the file, if it came */
  async load(key: string, fetch: Fetch): Promise<Blob | undefined> {
    const entry = this.#touched(key);
    if (entry.state.name === "loaded") return entry.state.blob;
    if (entry.state.name === "loading") return undefined;
    const cancel = new AbortController();
    const { signal } = cancel;
    entry.cancel = cancel;
    this.#become(entry, { name: "loading", done: 0 });
    const onProgress = (done: number) => signal.aborted || this.#become(entry, { name: "loading", done });
    try {
      const blob = await fetch({ signal, onProgress });
      if (signal.aborted) return undefined;
      this.put(key, blob);
      return blob;
    } catch (error) {
      if (!signal.aborted) this.#become(entry, { name: "failed", error });
      return undefined;
    }
  }

  /** Gives up fetching a file. */
  cancel(key: string): void {
    const entry = this.#entries.get(key);
    if (entry?.state.name !== "loading") return;
    entry.cancel?.abort();
    this.#become(entry, ABSENT);
  }

  /** Lets all of them go. */
  clear(): void {
    for (const [key, entry] of this.#entries) {
      entry.cancel?.abort();
      if (entry.state.name === "loaded") URL.revokeObjectURL(entry.state.url);
      this.#entries.delete(key);
    }
    this.#tell();
  }

  #touched(key: string): Entry {
    const entry = this.#entries.get(key) ?? { state: ABSENT, users: 0 };
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  #tidy(): void {
    const idle = [...this.#entries].filter(([, { users, state }]) => users === 0 && state.name === "loaded");
    let octets = idle.reduce((sum, [, { state }]) => sum + sizeOf(state), 0);
    for (const [key, { state }] of idle) {
      if (octets <= this.#mostOctets) return;
      octets -= sizeOf(state);
      if (state.name === "loaded") URL.revokeObjectURL(state.url);
      this.#entries.delete(key);
    }
  }

  #become(entry: Entry, state: LoadState): void {
    entry.state = state;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

const sizeOf = (state: LoadState) => (state.name === "loaded" ? state.blob.size : 0);
