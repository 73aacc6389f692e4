import type { Check } from '../check.ts'
import { urns } from '../urns.ts'
import { gather } from './crowd.ts'

/** `/.search` (RFC 7644 §3.4.3). */
export const searchChecks: readonly Check[] = [
  {
    points: [78],
    level: 'MUST',
    title: '/.search of an endpoint takes filter, paging and attributes in its body',
    needs: ['filter', 'index'],
    async run(subject) {
      const crowd = await gather(subject, { ada: { displayName: 'red' }, bob: { displayName: 'red' }, cyd: {} })
      const answer = await subject.post('/Users/.search', {
        schemas: [urns.search],
        filter: crowd.within('displayName eq "red"'),
        attributes: ['displayName', 'name.givenName'],
        startIndex: 2,
        count: 1,
      })
      answer
        .unless([404, 405, 501], '/.search')
        .isList()
        .has('totalResults', 2)
        .has('startIndex', 2)
        .has('itemsPerPage', 1)
      answer.has('Resources.0.displayName', 'red').has('Resources.0.name', { givenName: 'Grace' })
      answer.lacks('Resources.0.emails', 'Resources.0.userName').textAt('Resources.0.id')
      const excluding = await subject.post('/Users/.search', {
        schemas: [urns.search],
        filter: crowd.within('displayName eq "red"'),
        excludedAttributes: ['emails'],
      })
      excluding.isList().has('totalResults', 2).has('Resources.0.displayName', 'red').lacks('Resources.0.emails')
    },
  },
  {
    points: [78, 52],
    level: 'MUST',
    title: '/.search of the base address covers all resource types',
    needs: ['filter', 'groups'],
    async run(subject) {
      const externalId = `root-${subject.nonce}`
      const user = await subject.addUser({ externalId })
      const group = await subject.addGroup([], { externalId })
      const filter = `externalId eq "${externalId}"`
      const answer = await subject.post('/.search', { schemas: [urns.search], filter })
      answer.unless([404, 405, 501], '/.search of the base address').isList().has('totalResults', 2)
      const found = answer.resources.map((resource) => String(Object(resource).id)).sort()
      if (found.join() !== [user.id, group.id].sort().join()) answer.fail('the user and the group', found.join())
    },
  },
  {
    points: [78],
    level: 'MUST',
    title: 'a search that is not right is 400',
    needs: ['filter'],
    async run(subject) {
      const search = (body: unknown) => subject.post('/Users/.search', body)
      const first = await search({ schemas: [urns.search], filter: 'userName xx "a"' })
      first.unless([404, 405, 501], '/.search').isError(400).hasScimType('invalidFilter')
      for (const body of ['{', '[]']) (await search(body)).isError(400)
    },
  },
  {
    points: [78],
    level: 'SHOULD',
    title: 'another message schema is invalidSyntax',
    only: 'rfc',
    async run(subject) {
      for (const schemas of [[urns.patch], []]) {
        const answer = await subject.post('/Users/.search', { schemas, filter: 'userName pr' })
        answer.unless([404, 405, 501], '/.search').isError(400).hasScimType('invalidSyntax')
      }
    },
  },
]
