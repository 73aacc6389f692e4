import type { Check } from '../check.ts'
import { CheckFailure } from '../check-outcome.ts'

/** Media types, encodings and headers (RFC 7644 §3.1, §3.8). */
export const mediaTypeChecks: readonly Check[] = [
  {
    points: [16],
    level: 'MUST',
    title: 'application/scim+json in UTF-8 goes in and comes out',
    async run(subject) {
      const displayName = 'Grace Höpper 日本 🙂'
      const user = await subject.addUser({ displayName })
      user.answer.hasMediaType('application/scim+json').has('displayName', displayName)
      const read = (await subject.get(user.path, { accept: 'application/scim+json' })).is(200)
      read.hasMediaType('application/scim+json').has('displayName', displayName)
      const headers = { 'content-type': 'application/scim+json; charset=utf-8' }
      ;(await subject.post('/Users', subject.userBody(), headers)).is(201)
    },
  },
  {
    points: [16],
    level: 'MUST',
    title: 'application/scim+json is what is answered when nothing is asked for',
    async run(subject) {
      const user = await subject.addUser()
      for (const accept of [undefined, '*/*']) {
        ;(await subject.get(user.path, { accept })).is(200).hasMediaType('application/scim+json')
        ;(await subject.get('/Users?count=1', { accept })).is(200).hasMediaType('application/scim+json')
      }
    },
  },
  {
    points: [16],
    level: 'SHOULD',
    title: 'application/json goes in and comes out',
    async run(subject) {
      const headers = { 'content-type': 'application/json', accept: 'application/json' }
      const user = (await subject.post('/Users', subject.userBody(), headers)).is(201)
      user.hasMediaType('application/json', 'application/scim+json').textAt('id')
    },
  },
  {
    points: [16],
    level: 'OURS',
    title: 'a body is read without a media type, and as text/json',
    async run(subject) {
      for (const type of [undefined, 'text/json', 'application/json;charset=UTF-8', 'APPLICATION/SCIM+JSON']) {
        ;(await subject.post('/Users', subject.userBody(), { 'content-type': type })).is(201)
      }
    },
  },
  {
    points: [17],
    level: 'OURS',
    title: 'who accepts only application/json gets that, errors included',
    async run(subject) {
      const json = { accept: 'application/json' }
      const both = { accept: 'application/json, application/scim+json' }
      ;(await subject.get('/Users?count=1', json)).is(200).hasMediaType('application/json')
      ;(await subject.get(`/Users/none-${subject.nonce}`, json)).isError(404).hasMediaType('application/json')
      ;(await subject.get('/Users?count=1', both)).is(200).hasMediaType('application/scim+json')
      ;(await subject.get('/Users?count=1', { accept: 'text/html' })).is(200).hasMediaType('application/scim+json')
    },
  },
  {
    points: [18],
    level: 'MAY',
    title: 'a resource is found with the suffix .scim',
    async run(subject) {
      const user = await subject.addUser()
      const answer = await subject.get(`${user.path}.scim`)
      answer.is(200).hasMediaType('application/scim+json').has('id', user.id)
    },
  },
  {
    points: [20],
    level: 'SHOULD',
    title: 'unknown query parameters are ignored',
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.get(`${user.path}?aadOptscim062020`)).is(200).has('id', user.id)
      ;(await subject.get('/Users?aadOptscim062020&count=1&nothing=1')).isList()
      ;(await subject.post('/Users?aadOptscim062020', subject.userBody())).is(201)
    },
  },
  {
    points: [22],
    level: 'MUST',
    title: 'the base address is one of TLS, except on this machine',
    async run({ target }) {
      const { protocol, hostname } = new URL(target.baseUrl)
      const isLocal = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
      if (protocol !== 'https:' && !isLocal) throw new CheckFailure('https', protocol)
    },
  },
]
