/**
 * Remembers what was handled already. Events come at least once; with a store that outlives the process and that all
 * processes share, such as a table of the application's, each is handled once as far as handlers end well.
 */
export interface SeenStore {
  has(key: string): boolean | Promise<boolean>
  add(key: string): unknown
}

const keysMax = 10_000

/** Remembers the last so many keys, in this process. */
export function memorySeen(max: number = keysMax): SeenStore {
  const keys = new Set<string>()
  return {
    has: (key) => keys.has(key),
    add: (key) => {
      keys.add(key)
      const [oldest] = keys
      if (keys.size > max && oldest !== undefined) keys.delete(oldest)
    },
  }
}

/** Does the work of a key unless it was done. Of two at the same time the second waits, and works if the first failed. */
export type Once = (key: string, work: () => Promise<void>) => Promise<void>

export function createOnce(seen: SeenStore): Once {
  const underWay = new Map<string, Promise<void>>()

  return async function once(key, work) {
    for (let other = underWay.get(key); other !== undefined; other = underWay.get(key)) {
      await other.catch(() => undefined)
    }
    const working = (async () => {
      if (await seen.has(key)) return
      await work()
      await seen.add(key)
    })()
    underWay.set(key, working)
    try {
      await working
    } finally {
      underWay.delete(key)
    }
  }
}
