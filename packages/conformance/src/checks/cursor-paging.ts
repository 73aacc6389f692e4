import type { Answer } from '../answer.ts'
import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import type { Subject } from '../subject.ts'
import { urns } from '../urns.ts'
import { type Crowd, gather } from './crowd.ts'
import { expectSame } from './expect.ts'

const needs = ['cursor', 'filter'] as const
const everybody = ['ada', 'bob', 'cyd', 'dan', 'eve']

function five(subject: Subject): Promise<Crowd> {
  return gather(subject, { cyd: {}, ada: {}, eve: {}, bob: {}, dan: {} })
}

/** All pages from a first one on. */
async function walk(first: Answer, next: (cursor: string) => Promise<Answer>): Promise<Answer[]> {
  const pages = [first.isList()]
  for (;;) {
    const last = pages.at(-1)
    const cursor = last?.at('nextCursor')
    if (last === undefined || typeof cursor !== 'string') return pages
    if (pages.length > 10) last.fail('an end of the pages', 'ever more of them')
    if (!/^[A-Za-z0-9._~-]+$/.test(cursor)) last.fail('a cursor of unreserved characters', cursor)
    pages.push((await next(cursor)).isList())
  }
}

/** RFC 9865. */
export const cursorPagingChecks: readonly Check[] = [
  {
    points: [69],
    level: 'MUST',
    title: 'from an empty cursor to the last page, everybody once',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const filter = encodeURIComponent(crowd.all)
      for (const start of ['cursor', 'cursor=']) {
        const first = await subject.get(`/Users?${start}&count=2&filter=${filter}`)
        first.isList().lacks('previousCursor').textAt('nextCursor')
        const pages = await walk(first, (cursor) => subject.get(`/Users?cursor=${cursor}&count=2&filter=${filter}`))
        const sizes = pages.map((page) => page.resources.length)
        if (sizes.some((size) => size > 2)) first.fail('at most 2 resources a page', sizes.join(', '))
        expectSame(pages.flatMap((page) => crowd.namesIn(page)).sort(), everybody, 'everybody once')
      }
    },
  },
  {
    points: [69, 70],
    level: 'MUST',
    title: 'a first page that holds everybody names no next one; count 0 asks for the total',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const filter = crowd.all
      const all = (await subject.find('/Users', { filter, cursor: '', count: '50' })).isList()
      all.lacks('nextCursor', 'previousCursor')
      expectSame(crowd.namesIn(all).sort(), everybody, 'everybody')
      ;(await subject.find('/Users', { filter, cursor: '', count: '0' })).isList().lacks('Resources')
    },
  },
  {
    points: [70],
    level: 'SHOULD',
    title: 'a bad cursor is invalidCursor, another count invalidCount',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const filter = crowd.all
      const cursor = (await subject.find('/Users', { filter, cursor: '', count: '2' })).isList().textAt('nextCursor')
      const changed = `${cursor.slice(0, -2)}${cursor.endsWith('A') ? 'B' : 'A'}${cursor.at(-2)}`
      for (const bad of ['nonsense', changed]) {
        ;(await subject.find('/Users', { filter, cursor: bad, count: '2' })).isError(400).hasScimType('invalidCursor')
      }
      const other = await subject.find('/Users', { filter, cursor, count: '3' })
      other.isError(400).hasScimType('invalidCount')
    },
  },
  {
    points: [71],
    level: 'MUST',
    title: 'without a word on paging the advertised default method is used',
    needs: ['cursor', 'filter', 'index'],
    async run(subject) {
      const crowd = await five(subject)
      const page = (await subject.find('/Users', { filter: crowd.all, count: '2' })).isList()
      const method = lookUp(subject.discovery.config, 'pagination.defaultPaginationMethod') ?? 'index'
      if (method === 'cursor') page.textAt('nextCursor')
      else page.has('startIndex', 1).has('itemsPerPage', 2).lacks('nextCursor')
    },
  },
  {
    points: [72],
    level: 'OURS',
    title: 'the first page says the total',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const page = await subject.find('/Users', { filter: crowd.all, cursor: '', count: '2' })
      page.isList().has('totalResults', 5)
    },
  },
  {
    points: [73],
    level: 'MUST',
    title: '/.search takes the cursor in its body',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const search = (cursor: string) =>
        subject.post('/Users/.search', { schemas: [urns.search], filter: crowd.all, cursor, count: 2 })
      const pages = await walk(await search(''), search)
      expectSame(pages.flatMap((page) => crowd.namesIn(page)).sort(), everybody, 'everybody once')
    },
  },
  {
    points: [73],
    level: 'SHOULD',
    title: 'pages keep the order that was asked for',
    needs: ['cursor', 'filter', 'sort'],
    async run(subject) {
      const crowd = await five(subject)
      const parameters = { filter: crowd.all, sortBy: 'userName', sortOrder: 'descending', count: '2' }
      const page = (cursor: string) => subject.find('/Users', { ...parameters, cursor })
      const pages = await walk(await page(''), page)
      expectSame(
        pages.flatMap((one) => crowd.namesIn(one)),
        everybody.toReversed(),
        'the order',
      )
    },
  },
  {
    points: [74],
    level: 'OURS',
    title: 'a cursor belongs to its query: with another one it is as good as made up',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const first = await subject.find('/Users', { filter: crowd.all, cursor: '', count: '2' })
      const cursor = first.isList().textAt('nextCursor')
      const other = await subject.find('/Users', { filter: 'userName pr', cursor, count: '2' })
      other.isError(400).hasScimType('invalidCursor')
      const nonsense = await subject.find('/Users', { filter: 'userName pr', cursor: 'nonsense', count: '2' })
      if (nonsense.text !== other.text) other.fail('the same error for both', other.text)
    },
  },
]
