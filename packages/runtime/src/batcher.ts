interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

interface BatcherOptions<Item, Result> {
  /** The most items one batch takes; the others form the next. */
  itemsMax: number
  /** Does the work of a batch; answers in the order of the items. */
  run: (items: readonly [Item, ...Item[]]) => Promise<readonly Result[]>
}

/**
 * Lets callers that come at the same time share work, without making anybody wait for company: an item that finds
 * nothing under way for its key starts at once; what arrives meanwhile forms the next batch of that key. When a batch of
 * several fails, each of its items is tried alone, so that none fails for another.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>
  /** Keys with a batch under way, and who waits behind it. */
  readonly #queues = new Map<string, Waiting<Item, Result>[]>()

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options
  }

  submit(key: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const waiting = { item, resolve, reject }
      const queue = this.#queues.get(key)
      if (queue !== undefined) queue.push(waiting)
      else void this.#drain(key, [waiting])
    })
  }

  async #drain(key: string, first: Waiting<Item, Result>[]): Promise<void> {
    const queue = first
    this.#queues.set(key, queue)
    while (queue.length > 0) await this.#runBatch(queue.splice(0, this.#options.itemsMax))
    this.#queues.delete(key)
  }

  async #runBatch(batch: Waiting<Item, Result>[]): Promise<void> {
    const [first, ...others] = batch
    if (first === undefined) return
    try {
      const results = await this.#options.run([first.item, ...others.map(({ item }) => item)])
      for (const [at, { resolve }] of batch.entries()) resolve(results[at] as Result)
    } catch (error) {
      if (others.length === 0) first.reject(error)
      else for (const single of batch) await this.#runBatch([single])
    }
  }
}
