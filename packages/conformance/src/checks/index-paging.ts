import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import type { Subject } from '../subject.ts'
import { type Crowd, gather } from './crowd.ts'
import { expectSame } from './expect.ts'

const needs = ['filter', 'index'] as const

function five(subject: Subject): Promise<Crowd> {
  return gather(subject, { ada: {}, bob: {}, cyd: {}, dan: {}, eve: {} })
}

/** RFC 7644 §3.4.2.4. */
export const indexPagingChecks: readonly Check[] = [
  {
    points: [67],
    level: 'MUST',
    title: 'pages together hold everybody once, each no more than count',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const seen: string[] = []
      for (const startIndex of [1, 3, 5]) {
        const parameters = { filter: crowd.all, startIndex: `${startIndex}`, count: '2' }
        const page = (await subject.find('/Users', parameters)).isList()
        page.has('totalResults', 5).has('startIndex', startIndex).has('itemsPerPage', page.resources.length)
        if (page.resources.length > 2) page.fail('at most 2 resources', String(page.resources.length))
        seen.push(...crowd.namesIn(page))
      }
      expectSame(seen.toSorted(), ['ada', 'bob', 'cyd', 'dan', 'eve'], 'everybody once')
    },
  },
  {
    points: [67],
    level: 'MUST',
    title: 'startIndex below 1 is 1, count below 0 is 0, count 0 asks for the total',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const page = async (startIndex: string, count: string) =>
        (await subject.find('/Users', { filter: crowd.all, startIndex, count })).isList().has('totalResults', 5)
      const first = crowd.namesIn(await page('1', '2'))
      for (const startIndex of ['0', '-3']) expectSame(crowd.namesIn(await page(startIndex, '2')), first, 'page 1')
      for (const count of ['0', '-1']) (await page('1', count)).lacks('Resources')
    },
  },
  {
    points: [67],
    level: 'OURS',
    title: 'no page is larger than filter.maxResults',
    needs,
    async run(subject) {
      const most = lookUp(subject.discovery.config, 'filter.maxResults')
      const page = (await subject.get(`/Users?count=${Number(most) * 10}`)).isList()
      if (page.resources.length > Number(most)) page.fail(`at most ${most} resources`, String(page.resources.length))
    },
  },
  {
    points: [68],
    level: 'OURS',
    title: 'beyond the end there is nothing, with the right total; what is no number is 400',
    needs,
    async run(subject) {
      const crowd = await five(subject)
      const filter = crowd.all
      const beyond = (await subject.find('/Users', { filter, startIndex: '100', count: '2' })).isList()
      beyond.has('totalResults', 5).has('itemsPerPage', 0).lacks('Resources')
      for (const [name, value] of [
        ['startIndex', 'x'],
        ['count', 'many'],
        ['count', '1.5'],
      ] as const) {
        ;(await subject.find('/Users', { filter, [name]: value })).isError(400).hasScimType('invalidValue')
      }
    },
  },
]
