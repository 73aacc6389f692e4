import type { Check } from '../check.ts'

/** The protocol version in the address (RFC 7644 §3.13). */
export const versionChecks: readonly Check[] = [
  {
    points: [19],
    level: 'MUST',
    title: 'another protocol version is refused',
    async run(subject) {
      const base = subject.target.baseUrl
      if (!base.endsWith('/v2')) subject.skip('the base URL ends with no version')
      const answer = await subject.get(`${base.replace(/v2$/, 'v9')}/Users?count=1`)
      answer.is(400, 404)
      if (answer.status === 400) answer.isError(400).hasScimType('invalidVers')
    },
  },
  {
    points: [19],
    level: 'OURS',
    title: 'the address works without a version, and leads to the one with it',
    async run(subject) {
      const base = subject.target.baseUrl
      const user = await subject.addUser()
      const plain = await subject.get(`${base.replace(/\/v2$/, '')}${user.path}`)
      plain.is(200).has('id', user.id)
      plain.satisfies('meta.location', 'an address with /v2/', (value) => /\/v2\/Users\/[^/]+$/.test(`${value}`))
      const wrong = await subject.get(`${base.replace(/v2$/, 'v1')}/Users?count=1`)
      wrong.isError(400).hasScimType('invalidVers')
    },
  },
]
