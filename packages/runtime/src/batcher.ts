interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

interface BatcherOptions<Item, Result> {
  /** The most items one batch takes; the others form the next. */
  itemsMax: number
  /** What an item is about: a batch takes one item of each at most, in order of arrival. Without it all go together. */
  subjectOf?: (item: Item) => string
  /** Does the work of a batch; answers in the order of the items. */
  run: (items: readonly [Item, ...Item[]]) => Promise<readonly Result[]>
}

/** What waits for one key, and the work on it that is under way. */
interface Queue<Item, Result> {
  waiting: Waiting<Item, Result>[]
  drained: Promise<void>
}

/**
 * Lets callers that come at the same time share work, without making anybody wait for company: an item that finds its
 * key idle starts at once; what arrives meanwhile forms the next batch of that key. One batch of a key at a time: two
 * would be half as large each, and cost more together. When a batch of several fails, each of its items is tried alone,
 * so that none fails for another.
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
      const waiting = { item, resolve, reject }
      const queue = this.#queues.get(key)
      if (queue === undefined) this.#start(key, waiting)
      else queue.waiting.push(waiting)
    })
  }

  /** Resolves when nothing is under way: before what the work needs is closed. Callers may be long gone. */
  async idle(): Promise<void> {
    while (this.#queues.size > 0) await Promise.all([...this.#queues.values()].map(({ drained }) => drained))
  }

  #start(key: string, first: Waiting<Item, Result>): void {
    const queue: Queue<Item, Result> = { waiting: [first], drained: Promise.resolve() }
    this.#queues.set(key, queue)
    queue.drained = this.#drain(key, queue)
  }

  async #drain(key: string, queue: Queue<Item, Result>): Promise<void> {
    while (queue.waiting.length > 0) await this.#runBatch(this.#takeBatch(queue))
    this.#queues.delete(key)
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
