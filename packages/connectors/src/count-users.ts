import type { CheckResult } from './connector.ts'

/** How long users are counted where a source only lists them. */
const countMilliseconds = 10_000

/**
 * Counts the users of pages until there are no more, or time is up: then there are others behind them, unless a page tells that it is
 * the last. No page is asked for only to know that.
 */
export async function countUsers<Page>(
  pages: AsyncIterable<Page>,
  countOf: (page: Page) => number,
  isLast: (page: Page) => boolean = () => false,
): Promise<Pick<CheckResult, 'userCount' | 'countedInPart'>> {
  const end = performance.now() + countMilliseconds
  let userCount = 0
  for await (const page of pages) {
    userCount += countOf(page)
    if (performance.now() > end && !isLast(page)) return { userCount, countedInPart: true }
  }
  return { userCount }
}
