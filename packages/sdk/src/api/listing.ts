import type { Api, Query } from './api.ts'

/** A page of a list. */
export interface Page<T> {
  data: T[]
  /** `after` of the next page; null on the last one. */
  nextCursor: string | null
}

/**
 * A list: `for await` walks through all its pages, `await` gives the rows of the first, and `page()` that page with its
 * cursor. Nothing is asked for before one of them.
 */
export interface Listing<T> extends AsyncIterable<T>, PromiseLike<T[]> {
  page(): Promise<Page<T>>
}

export function createListing<T>(api: Api, path: string, query: Query): Listing<T> {
  const load = (after: Query[string]) => api.send<Page<T>>({ path, query: { ...query, after } })
  const page = () => load(query.after)

  async function* walk(): AsyncGenerator<T> {
    for (let next: Page<T> | undefined; next?.nextCursor !== null; ) {
      next = await load(next?.nextCursor ?? query.after)
      yield* next.data
    }
  }

  return {
    page,
    // biome-ignore lint/suspicious/noThenProperty: awaiting a list means its first page.
    then: (fulfilled, rejected) =>
      page()
        .then(({ data }) => data)
        .then(fulfilled, rejected),
    [Symbol.asyncIterator]: walk,
  }
}
