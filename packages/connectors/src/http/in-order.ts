import { paceBudget } from './pace.ts'

/**
 * Works on items ahead of whoever reads, `ahead` at once (as many as one source is asked), and yields what comes of them in the order of the
 * items. Leaving early begins nothing more; what is under way then is for its signal to end.
 */
export async function* inOrder<Item, Result>(
  items: Iterable<Item> | AsyncIterable<Item>,
  work: (item: Item) => Promise<Result>,
  ahead = paceBudget.concurrent,
): AsyncGenerator<Result> {
  const underWay: Promise<Result>[] = []
  for await (const item of items) {
    const one = work(item)
    // It is looked at in its turn; until then a failure is nobody's.
    one.catch(() => undefined)
    underWay.push(one)
    const first = underWay.length >= ahead ? underWay.shift() : undefined
    if (first !== undefined) yield await first
  }
  for (const one of underWay) yield await one
}
