import type { JsonObject } from '@muster/scim'
import type { Check } from '../check.ts'
import { gather } from './crowd.ts'
import { expectSame } from './expect.ts'

const needs = ['sort', 'filter'] as const

/** RFC 7644 §3.4.2.3. */
export const sortingChecks: readonly Check[] = [
  {
    points: [66],
    level: 'MUST',
    title: 'ascending by default, descending when asked, in any case',
    needs,
    async run(subject) {
      const crowd = await gather(subject, {
        cyd: { displayName: 'cyd' },
        ada: { displayName: 'ADA' },
        bob: { displayName: 'Bob' },
      })
      const filter = crowd.all
      const order = async (more: Record<string, string>, ...names: string[]) =>
        expectSame(crowd.namesIn((await subject.find('/Users', { filter, ...more })).isList()), names, 'the order')
      await order({ sortBy: 'displayName' }, 'ada', 'bob', 'cyd')
      await order({ sortBy: 'displayName', sortOrder: 'ascending' }, 'ada', 'bob', 'cyd')
      await order({ sortBy: 'displayName', sortOrder: 'descending' }, 'cyd', 'bob', 'ada')
      await order({ sortBy: 'DISPLAYNAME' }, 'ada', 'bob', 'cyd')
      await order({ sortBy: 'userName' }, 'ada', 'bob', 'cyd')
    },
  },
  {
    points: [66],
    level: 'MUST',
    title: 'a sub-attribute, the primary value of many, an instant',
    needs,
    async run(subject) {
      const emails = (first: string, primary: string): JsonObject[] => [
        { value: `${first}-${subject.nonce}@a.test`, type: 'home' },
        { value: `${primary}-${subject.nonce}@a.test`, type: 'work', primary: true },
      ]
      const crowd = await gather(subject, {
        ada: { name: { familyName: 'Zuse' }, emails: emails('x', 'b') },
        bob: { name: { familyName: 'Babbage' }, emails: emails('a', 'c') },
        cyd: { name: { familyName: 'Knuth' }, emails: emails('z', 'a') },
      })
      const filter = crowd.all
      const order = async (sortBy: string, ...names: string[]) =>
        expectSame(crowd.namesIn((await subject.find('/Users', { filter, sortBy })).isList()), names, sortBy)
      await order('name.familyName', 'bob', 'cyd', 'ada')
      await order('emails.value', 'cyd', 'ada', 'bob')
      await order('meta.created', 'ada', 'bob', 'cyd')
    },
  },
  {
    points: [66],
    level: 'MUST',
    title: 'who has no value comes last, in descending order first',
    needs,
    async run(subject) {
      const crowd = await gather(subject, {
        ada: { displayName: null },
        bob: { displayName: 'Bob' },
        cyd: { displayName: 'Cyd' },
      })
      const filter = crowd.all
      const last = (await subject.find('/Users', { filter, sortBy: 'displayName' })).isList()
      expectSame(crowd.namesIn(last), ['bob', 'cyd', 'ada'], 'the order')
      const first = (await subject.find('/Users', { filter, sortBy: 'displayName', sortOrder: 'descending' })).isList()
      expectSame(crowd.namesIn(first), ['ada', 'cyd', 'bob'], 'the order')
    },
  },
  {
    points: [66],
    level: 'MUST',
    title: 'sortBy is obeyed or ignored, never an error',
    async run(subject) {
      ;(await subject.get('/Users?sortBy=userName&sortOrder=descending&count=2')).isList()
    },
  },
]
