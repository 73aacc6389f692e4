interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

interface BatcherOptions<Item, Result> {
  /** The most items one batch takes; the others form the next. */
  itemsMax: number
  /** The most batches of one key that are under way at once; one unless this says more. */
  parallelMax?: number
  /** What an item is about: a batch takes one item of each at most, in order of arrival. Without it all go together. */
  subjectOf?: (item: Item) => string
  /** Does the work of a batch; answers in the order of the items. */
  run: (items: readonly [Item, ...Item[]]) => Promise<readonly Result[]>
}

/** What waits for one key, and how many batches of it are under way. */
interface Queue<Item, Result> {
  waiting: Waiting<Item, Result>[]
  running: number
}

/**
 * Lets callers that come at the same time share work, without making anybody wait for company: an item that finds its
 * key idle starts at once; what arrives while `parallelMax` batches are under way forms the next batch of that key. When
 * a batch of several fails, each of its items is tried alone, so that none fails for another.
 */
export class Batcher<Item, Result> {
  readonly #options: BatcherOptions<Item, Result>
  /** Only keys with a batch under way. */
  readonly #queues = new Map<string, Queue<Item, Result>>()

  constructor(options: BatcherOptions<Item, Result>) {
    this.#options = options
  }

  submit(key: string, item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      const queue = this.#queueOf(key)
      queue.waiting.push({ item, resolve, reject })
      if (queue.running < (this.#options.parallelMax ?? 1)) void this.#drain(key, queue)
    })
  }

  #queueOf(key: string): Queue<Item, Result> {
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const queue = { waiting: [], running: 0 }
    this.#queues.set(key, queue)
    return queue
  }

  async #drain(key: string, queue: Queue<Item, Result>): Promise<void> {
    queue.running++
    while (queue.waiting.length > 0) await this.#runBatch(this.#takeBatch(queue))
    queue.running--
    if (queue.running === 0) this.#queues.delete(key)
  }

  #takeBatch(queue: Queue<Item, Result>): Waiting<Item, Result>[] {
    const { itemsMax, subjectOf } = this.#options
    if (subjectOf === undefined) return queue.waiting.splice(0, itemsMax)
    const taken = new Map<string, Waiting<Item, Result>>()
    const left: Waiting<Item, Result>[] = []
    for (const waiting of queue.waiting) {
      const subject = subjectOf(waiting.item)
      if (taken.size < itemsMax && !taken.has(subject)) taken.set(subject, waiting)
      else left.push(waiting)
    }
    queue.waiting = left
    return [...taken.values()]
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
