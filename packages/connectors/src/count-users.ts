import type { CheckResult } from './connector.ts'

/** How long users are counted where a source only lists them. */
const countMilliseconds = 10_000

/** Counts the users of pages until there are no more, or time is up: then there are others behind them. */
export async function countUsers<Page>(
  pages: AsyncIterable<Page>,
  countOf: (page: Page) => number,
): Promise<Pick<CheckResult, 'userCount' | 'countedInPart'>> {
  const end = performance.now() + countMilliseconds
  let userCount = 0
  let isOver = false
  for await (const page of pages) {
    if (isOver) return { userCount, countedInPart: true }
    userCount += countOf(page)
    isOver = performance.now() > end
  }
  return { userCount }
}
