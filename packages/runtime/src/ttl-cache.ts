interface Entry<V> {
  value: V
  staleAt: number
}

/**
 * Remembers values for a while. Bounded: at `entriesMax` the oldest entry makes room. Reading does not prolong a life,
 * so that what is cached is wrong for at most `milliseconds`.
 */
export class TtlCache<K, V> {
  readonly #entries = new Map<K, Entry<V>>()
  readonly #milliseconds: number
  readonly #entriesMax: number
  readonly #now: () => number

  /** `now` answers in milliseconds and never goes back; tests give their own. */
  constructor(options: { milliseconds: number; entriesMax: number; now?: () => number }) {
    this.#milliseconds = options.milliseconds
    this.#entriesMax = options.entriesMax
    this.#now = options.now ?? (() => performance.now())
  }

  get(key: K): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    if (entry.staleAt > this.#now()) return entry.value
    this.#entries.delete(key)
    return undefined
  }

  delete(key: K): void {
    this.#entries.delete(key)
  }

  set(key: K, value: V): void {
    // Deleted first: a Map keeps the order of insertion, which is then the order of age.
    this.#entries.delete(key)
    if (this.#entries.size >= this.#entriesMax) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest)
        break
      }
    }
    this.#entries.set(key, { value, staleAt: this.#now() + this.#milliseconds })
  }
}
