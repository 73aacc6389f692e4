import type { Check } from '../check.ts'
import { gather } from './crowd.ts'

const needs = ['filter'] as const

/** The grammar and what its operators mean (RFC 7644 §3.4.2.2). */
export const filterChecks: readonly Check[] = [
  {
    points: [55],
    level: 'MUST',
    title: 'eq, ne, co, sw, ew, gt, ge, lt, le and pr compare texts',
    needs,
    async run(subject) {
      const crowd = await gather(subject, {
        ada: { displayName: 'alpha one' },
        bob: { displayName: 'beta one' },
        cyd: { displayName: 'gamma two' },
      })
      await crowd.expect('displayName eq "beta one"', 'bob')
      await crowd.expect('displayName ne "beta one"', 'ada', 'cyd')
      await crowd.expect('displayName co "a o"', 'ada', 'bob')
      await crowd.expect('displayName sw "gam"', 'cyd')
      await crowd.expect('displayName ew "one"', 'ada', 'bob')
      await crowd.expect('displayName gt "beta one"', 'cyd')
      await crowd.expect('displayName ge "beta one"', 'bob', 'cyd')
      await crowd.expect('displayName lt "beta one"', 'ada')
      await crowd.expect('displayName le "beta one"', 'ada', 'bob')
      await crowd.expect('displayName pr', 'ada', 'bob', 'cyd')
    },
  },
  {
    points: [55],
    level: 'MUST',
    title: 'not binds before and, and before or, groups before all',
    needs,
    async run(subject) {
      const crowd = await gather(subject, {
        ada: { displayName: 'red', active: true },
        bob: { displayName: 'red', active: false },
        cyd: { displayName: 'blue', active: false },
      })
      await crowd.expect('displayName eq "blue" or displayName eq "red" and active eq true', 'ada', 'cyd')
      await crowd.expect('displayName eq "red" and active eq true or displayName eq "blue"', 'ada', 'cyd')
      await crowd.expect('(displayName eq "blue" or displayName eq "red") and active eq true', 'ada')
      await crowd.expect('not (displayName eq "red") or active eq true', 'ada', 'cyd')
      await crowd.expect('not (displayName eq "red" or displayName eq "blue")')
      await crowd.expect('displayName eq "red" and not (active eq true)', 'bob')
      await crowd.expect('displayName eq "red" and displayName eq "blue"')
    },
  },
  {
    points: [55],
    level: 'MUST',
    title: 'operators are taken in any case',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: { displayName: 'red' }, bob: { displayName: 'blue' } })
      await crowd.expect('displayName EQ "red"', 'ada')
      await crowd.expect('displayName Eq "red" OR displayName sW "bl"', 'ada', 'bob')
      await crowd.expect('NOT (displayName eq "red") AND displayName PR', 'bob')
    },
  },
  {
    points: [55],
    level: 'MUST',
    title: 'signs in texts mean themselves',
    needs,
    async run(subject) {
      const odd = { ada: '100% "sure" \\ _', bob: '100x sure', cyd: "o'Neill; --", dan: 'ünïcödé 🙂' }
      const crowd = await gather(
        subject,
        Object.fromEntries(Object.entries(odd).map(([name, displayName]) => [name, { displayName }])),
      )
      for (const [name, text] of Object.entries(odd)) await crowd.expect(`displayName eq ${JSON.stringify(text)}`, name)
      await crowd.expect('displayName sw "100%"', 'ada')
      await crowd.expect('displayName co "_"', 'ada')
      await crowd.expect('displayName co "\\\\"', 'ada')
      await crowd.expect('displayName eq "\\u006f\'Neill; --"', 'cyd')
      await crowd.expect('displayName co "🙂"', 'dan')
    },
  },
  {
    points: [56],
    level: 'MUST',
    title: 'what is not understood is 400 invalidFilter, never ignored',
    needs,
    async run(subject) {
      for (const filter of [
        'userName xx "a"',
        'userName eq',
        'userName',
        'eq "a"',
        '(userName eq "a"',
        'userName eq "a")',
        'userName eq "a" and',
        'userName eq "a" userName eq "b"',
        'userName eq "a" xor userName eq "b"',
        'emails[type eq "work"',
        'userName eq "a',
        'not userName eq "a"',
      ]) {
        ;(await subject.find('/Users', { filter })).isError(400).hasScimType('invalidFilter')
      }
    },
  },
  {
    points: [57],
    level: 'MUST',
    title: 'booleans have no order: 400 invalidFilter',
    needs,
    async run(subject) {
      for (const operator of ['gt', 'ge', 'lt', 'le']) {
        const answer = await subject.find('/Users', { filter: `active ${operator} true` })
        answer.isError(400).hasScimType('invalidFilter')
      }
    },
  },
  {
    points: [57, 62],
    level: 'MUST',
    title: 'instants compare by time, whatever their zone and precision',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: {} })
      const created = new Date((await subject.get(`${crowd.users.ada?.path}`)).is(200).textAt('meta.created'))
      const shifted = (seconds: number) => new Date(created.getTime() + seconds * 1_000)
      const inZone = (at: Date) => new Date(at.getTime() + 7_200_000).toISOString().replace('Z', '+02:00')
      await crowd.expect(`meta.created gt "${shifted(-5).toISOString()}"`, 'ada')
      await crowd.expect(`meta.created gt "${shifted(5).toISOString()}"`)
      await crowd.expect(`meta.lastModified ge "${inZone(shifted(-5))}"`, 'ada')
      await crowd.expect(`meta.lastModified lt "${inZone(shifted(5))}"`, 'ada')
      await crowd.expect(`meta.lastModified gt "${inZone(shifted(5))}"`)
      await crowd.expect(
        `meta.created le "${shifted(5)
          .toISOString()
          .replace(/\.\d+Z$/, 'Z')}"`,
        'ada',
      )
      await crowd.expect(`meta.created eq "${inZone(created)}"`, 'ada')
    },
  },
  {
    points: [58],
    level: 'MUST',
    title: 'texts compare in any case unless they are caseExact',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: { displayName: 'Ada Lovelace' } })
      const ada = crowd.users.ada
      await crowd.expect('displayName eq "ADA lovelace"', 'ada')
      await crowd.expect('displayName co "LOVE"', 'ada')
      await crowd.expect('displayName sw "ADA"', 'ada')
      await crowd.expect('name.familyName eq "HOPPER"', 'ada')
      await crowd.expect(`id eq "${ada?.id}"`, 'ada')
      if (ada && ada.id !== ada.id.toUpperCase()) await crowd.expect(`id eq "${ada.id.toUpperCase()}"`)
      const upper = crowd.externalId.toUpperCase()
      ;(await subject.find('/Users', { filter: `externalId eq "${upper}"` })).isList().has('totalResults', 0)
    },
  },
]
