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

/** What waits for one key, and the batches of it that are under way. */
interface Queue<Item, Result> {
  waiting: Waiting<Item, Result>[]
  running: Set<Promise<void>>
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
      if (queue.running.size < (this.#options.parallelMax ?? 1)) this.#start(key, queue)
    })
  }

  /** Resolves when nothing is under way: before what the work needs is closed. Callers may be long gone. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all([...this.#queues.values()].flatMap(({ running }) => [...running]))
  }

  #queueOf(key: string): Queue<Item, Result> {
    const known = this.#queues.get(key)
    if (known !== undefined) return known
    const queue: Queue<Item, Result> = { waiting: [], running: new Set() }
    this.#queues.set(key, queue)
    return queue
  }

  #start(key: string, queue: Queue<Item, Result>): void {
    const draining = this.#drain(queue).then(() => {
      queue.running.delete(draining)
      // An item may have come after the last look at the queue.
      if (queue.waiting.length > 0) this.#start(key, queue)
      else if (queue.running.size === 0) this.#queues.delete(key)
    })
    queue.running.add(draining)
  }

  async #drain(queue: Queue<Item, Result>): Promise<void> {
    while (queue.waiting.length > 0) await this.#runBatch(this.#takeBatch(queue))
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
