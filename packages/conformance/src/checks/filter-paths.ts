import type { Check } from '../check.ts'
import type { Subject } from '../subject.ts'
import { urns } from '../urns.ts'
import { type Crowd, gather } from './crowd.ts'

const needs = ['filter'] as const

/** Two with two addresses each, one without. */
async function withAddresses(subject: Subject): Promise<Crowd> {
  const emails = (work: string, home: string) => [
    { value: `${subject.nonce}-${work}@work.test`, type: 'work' },
    { value: `${subject.nonce}-${home}@home.test`, type: 'home' },
  ]
  return gather(subject, {
    ada: { emails: emails('ada', 'lace') },
    bob: { emails: emails('bob', 'ada') },
    cyd: { emails: [] },
  })
}

/** Values of many, presence, names of attributes (RFC 7644 §3.4.2.2, §3.10). */
export const filterPathChecks: readonly Check[] = [
  {
    points: [59],
    level: 'MUST',
    title: 'one matching value of many is enough',
    needs,
    async run(subject) {
      const crowd = await withAddresses(subject)
      await crowd.expect(`emails.value eq "${subject.nonce}-ada@work.test"`, 'ada')
      await crowd.expect(`emails.value sw "${subject.nonce}-ada@"`, 'ada', 'bob')
      await crowd.expect('emails.type eq "home"', 'ada', 'bob')
    },
  },
  {
    points: [59],
    level: 'MUST',
    title: 'a complex attribute without sub-attribute means its value',
    needs,
    async run(subject) {
      const crowd = await withAddresses(subject)
      await crowd.expect(`emails co "${subject.nonce}-lace@"`, 'ada')
      await crowd.expect(`emails eq "${subject.nonce}-bob@work.test"`, 'bob')
    },
  },
  {
    points: [59],
    level: 'MUST',
    title: 'brackets bind their terms to one value; outside of them each finds its own',
    needs,
    async run(subject) {
      const crowd = await withAddresses(subject)
      await crowd.expect(`emails[type eq "work" and value sw "${subject.nonce}-ada@"]`, 'ada')
      await crowd.expect(`emails[type eq "home" and value sw "${subject.nonce}-ada@"]`, 'bob')
      await crowd.expect(`emails.type eq "work" and emails.value sw "${subject.nonce}-ada@"`, 'ada', 'bob')
    },
  },
  {
    points: [60],
    level: 'MUST',
    title: 'pr wants a value that is not empty',
    needs,
    async run(subject) {
      const crowd = await gather(subject, {
        ada: { displayName: 'Ada' },
        bob: { displayName: null, emails: [], name: null },
        cyd: { name: { givenName: 'Cyd' } },
      })
      await crowd.expect('displayName pr', 'ada', 'cyd')
      await crowd.expect('emails pr', 'ada', 'cyd')
      await crowd.expect('name pr', 'ada', 'cyd')
      await crowd.expect('name.familyName pr', 'ada')
      await crowd.expect('emails[type eq "work"] and name.givenName pr', 'ada', 'cyd')
      await crowd.expect('not (displayName pr)', 'bob')
    },
  },
  {
    points: [61],
    level: 'OURS',
    title: 'eq null is absence, ne holds for what is absent, not is the complement',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: { displayName: 'Ada' }, bob: { displayName: null } })
      await crowd.expect('displayName eq null', 'bob')
      await crowd.expect('displayName ne null', 'ada')
      await crowd.expect('displayName ne "Ada"', 'bob')
      await crowd.expect('not (displayName eq "Ada")', 'bob')
      await crowd.expect('not (displayName ne "Ada")', 'ada')
    },
  },
  {
    points: [62],
    level: 'MUST',
    title: 'attributes may be qualified by their URN, and schemas and meta asked for',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: { displayName: 'Ada' }, bob: { displayName: 'Bob' } })
      await crowd.expect(`${urns.user}:displayName eq "Ada"`, 'ada')
      await crowd.expect(`${urns.user}:name.familyName eq "Hopper" and ${urns.user}:displayName eq "Bob"`, 'bob')
      await crowd.expect(`${urns.user}:emails[type eq "work"]`, 'ada', 'bob')
      await crowd.expect(`schemas eq "${urns.user}"`, 'ada', 'bob')
      await crowd.expect('meta.resourceType eq "User"', 'ada', 'bob')
      await crowd.expect('meta.resourceType eq "Group"')
      await crowd.expect('meta.lastModified gt "2011-05-13T04:42:34Z"', 'ada', 'bob')
    },
  },
  {
    points: [62],
    level: 'MUST',
    title: 'attributes of an extension are found by their URN',
    needs: ['filter', 'enterprise'],
    async run(subject) {
      const schemas = [urns.user, urns.enterprise]
      const crowd = await gather(subject, {
        ada: { schemas, [urns.enterprise]: { department: 'Physics', costCenter: 'm-1' } },
        bob: { schemas, [urns.enterprise]: { department: 'Chemistry' } },
        cyd: {},
      })
      await crowd.expect(`${urns.enterprise}:department eq "physics"`, 'ada')
      await crowd.expect(`${urns.enterprise}:costCenter eq "m-1"`, 'ada')
      await crowd.expect(`${urns.enterprise}:department pr`, 'ada', 'bob')
      await crowd.expect(`schemas eq "${urns.enterprise}"`, 'ada', 'bob')
    },
  },
  {
    points: [63],
    level: 'MUST',
    title: 'brackets nest and, or, not and groups; not needs no space',
    needs,
    async run(subject) {
      const crowd = await withAddresses(subject)
      const ada = `value sw "${subject.nonce}-ada@"`
      await crowd.expect(`emails[(type eq "work" or type eq "other") and ${ada}]`, 'ada')
      await crowd.expect(`emails[type eq "home" and not (${ada})]`, 'ada')
      await crowd.expect(`emails[not (type eq "work") and ${ada}]`, 'bob')
      await crowd.expect('not(emails pr)', 'cyd')
      await crowd.expect('not (emails pr)', 'cyd')
    },
  },
  {
    points: [63],
    level: 'OURS',
    title: 'emails[…].value eq, and no space before the quote',
    needs,
    async run(subject) {
      const crowd = await withAddresses(subject)
      await crowd.expect(`emails[type eq "work"].value eq "${subject.nonce}-ada@work.test"`, 'ada')
      await crowd.expect(`emails[type eq "work"].value eq "${subject.nonce}-ada@home.test"`)
      await crowd.expect('emails.type eq"home"', 'ada', 'bob')
      const group = await subject.addGroup([`${crowd.users.ada?.id}`])
      const filter = `displayName eq "${group.name}" and members eq "${crowd.users.ada?.id}"`
      ;(await subject.find('/Groups', { filter })).isList().has('totalResults', 1)
    },
  },
  {
    points: [64],
    level: 'OURS',
    title: 'booleans as text, + for a space, values without quotes',
    needs,
    async run(subject) {
      const crowd = await gather(subject, { ada: { active: true }, bob: { active: false } })
      await crowd.expect('active eq "true"', 'ada')
      await crowd.expect('active eq "False"', 'bob')
      await crowd.expect('emails[primary eq "True"] and active eq "True"', 'ada')
      const plus = await subject.get(`/Users?filter=externalId+eq+%22${crowd.externalId}%22`)
      plus.isList().has('totalResults', 2)
      const bare = await subject.find('/Users', { filter: `externalId eq ${crowd.externalId}` })
      bare.isList().has('totalResults', 2)
    },
  },
  {
    points: [65],
    level: 'OURS',
    title: 'filters that are too deep, long or many are refused, not run',
    needs,
    async run(subject) {
      const endless = [
        `${'('.repeat(2_000)}userName pr${')'.repeat(2_000)}`,
        `${'not ('.repeat(1_000)}userName pr${')'.repeat(1_000)}`,
        Array.from({ length: 600 }, () => 'id pr').join(' or '),
      ]
      for (const filter of endless) {
        const answer = await subject.find('/Users', { filter })
        answer.isError(400, 414)
      }
    },
  },
]
