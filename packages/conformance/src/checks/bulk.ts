import type { Check } from '../check.ts'
import { lookUp } from '../json-path.ts'
import { patchOf } from '../subject.ts'
import { creation, operationsOf, pathAt, sendBulk, statusesOf } from './bulk-message.ts'
import { expectSame, isText } from './expect.ts'

const needs = ['bulk'] as const

/** Requests, limits, failures, answers (RFC 7644 §3.7). */
export const bulkChecks: readonly Check[] = [
  {
    points: [100, 103],
    level: 'MUST',
    title: 'POST, PUT, PATCH and DELETE in one request, each told of',
    needs: ['bulk', 'patch'],
    async run(subject) {
      const [put, patch, gone] = [await subject.addUser(), await subject.addUser(), await subject.addUser()]
      const operation = { op: 'replace', path: 'displayName', value: 'Patched' }
      const answer = await sendBulk(subject, [
        creation('new', subject.userBody()),
        { method: 'PUT', path: put.path, data: { ...subject.userBody({ displayName: 'Put' }), userName: put.name } },
        { method: 'PATCH', path: patch.path, data: patchOf(operation) },
        { method: 'DELETE', path: gone.path },
      ])
      const operations = operationsOf(answer)
      expectSame(
        operations.map((one) => String(lookUp(one, 'method')).toUpperCase()),
        ['POST', 'PUT', 'PATCH', 'DELETE'],
        'the methods',
      )
      answer.has('Operations.0.status', '201').has('Operations.0.bulkId', 'new').has('Operations.1.status', '200')
      answer.satisfies('Operations.2.status', '"200" or "204"', (value) => value === '200' || value === '204')
      answer.has('Operations.3.status', '204')
      for (const index of [0, 1, 2, 3]) answer.satisfies(`Operations.${index}.location`, 'an address', isText)
      ;(await subject.get(pathAt(answer, 0))).is(200)
      ;(await subject.get(put.path)).is(200).has('displayName', 'Put')
      ;(await subject.get(patch.path)).is(200).has('displayName', 'Patched')
      ;(await subject.get(gone.path)).is(404)
    },
  },
  {
    points: [100],
    level: 'MUST',
    title: 'what is no BulkRequest is refused; a POST without bulkId fails',
    needs,
    async run(subject) {
      for (const body of ['[]', '{', { schemas: ['urn:nothing'], Operations: 'none' }]) {
        ;(await subject.post('/Bulk', body)).isError(400)
      }
      const answer = await sendBulk(subject, [{ method: 'POST', path: '/Users', data: subject.userBody() }])
      answer.is(200, 400)
      if (answer.status === 200) answer.has('Operations.0.status', '400')
    },
  },
  {
    points: [100, 107],
    level: 'MUST',
    title: 'version of an operation is a precondition',
    needs: ['bulk', 'etag'],
    async run(subject) {
      const user = await subject.addUser()
      const body = { ...subject.userBody({ displayName: 'Changed' }), userName: user.name }
      const version = (await subject.get(user.path)).is(200).textAt('meta.version')
      const lost = await sendBulk(subject, [{ method: 'PUT', path: user.path, version: 'W/"other"', data: body }])
      expectSame(statusesOf(lost), ['412'], 'the statuses')
      const kept = await sendBulk(subject, [{ method: 'PUT', path: user.path, version, data: body }])
      expectSame(statusesOf(kept), ['200'], 'the statuses')
      const read = await subject.get(user.path)
      kept.has('Operations.0.version', read.at('meta.version') ?? null)
    },
  },
  {
    points: [101],
    level: 'MUST',
    title: 'beyond maxOperations: 413, and nothing is done',
    needs,
    async run(subject) {
      const most = Number(lookUp(subject.discovery.config, 'bulk.maxOperations'))
      if (!(most > 0)) (await subject.get('/ServiceProviderConfig')).fail('bulk.maxOperations above 0', String(most))
      if (most > 20_000) subject.skip(`${most} operations are too many to try`)
      const path = `/Users/none-${subject.nonce}`
      const operations = Array.from({ length: most }, () => ({ method: 'DELETE', path }))
      const body = subject.userBody()
      const answer = (await sendBulk(subject, [creation('first', body), ...operations])).isError(413)
      answer.satisfies('detail', `a text that names the limit ${most}`, (value) => `${value}`.includes(String(most)))
      const list = await subject.find('/Users', { filter: `userName eq "${body.userName}"` })
      list.isList().has('totalResults', 0)
    },
  },
  {
    points: [101],
    level: 'MUST',
    title: 'beyond maxPayloadSize: 413',
    needs,
    async run(subject) {
      const most = Number(lookUp(subject.discovery.config, 'bulk.maxPayloadSize'))
      if (!(most > 0)) (await subject.get('/ServiceProviderConfig')).fail('bulk.maxPayloadSize above 0', String(most))
      if (most > 20_000_000) subject.skip(`${most} bytes are too many to try`)
      const data = subject.userBody({ title: 'x'.repeat(most) })
      ;(await sendBulk(subject, [creation('large', data)])).isError(413)
    },
  },
  {
    points: [102, 103],
    level: 'MUST',
    title: 'it goes on after failures, and answers 200 with each error',
    needs,
    async run(subject) {
      const taken = await subject.addUser()
      const answer = await sendBulk(subject, [
        creation('one', { ...subject.userBody(), userName: taken.name }),
        { method: 'DELETE', path: `/Users/none-${subject.nonce}` },
        creation('two', subject.userBody()),
      ])
      expectSame(statusesOf(answer), ['409', '404', '201'], 'the statuses')
      answer.has('Operations.0.bulkId', 'one').has('Operations.0.response.status', '409')
      answer.has('Operations.0.response.scimType', 'uniqueness').lacks('Operations.0.location')
      answer.has('Operations.1.response.status', '404').has('Operations.2.bulkId', 'two')
      for (const index of [0, 1, 2]) answer.satisfies(`Operations.${index}.status`, 'a text', isText)
    },
  },
  {
    points: [102],
    level: 'MUST',
    title: 'at failOnErrors it stops, and tells what was done',
    needs,
    async run(subject) {
      const gone = { method: 'DELETE', path: `/Users/none-${subject.nonce}` }
      const body = subject.userBody()
      const operations = [gone, creation('done', subject.userBody()), gone, creation('never', body)]
      const answer = await sendBulk(subject, operations, { failOnErrors: 2 })
      expectSame(statusesOf(answer), ['404', '201', '404'], 'the statuses')
      const list = await subject.find('/Users', { filter: `userName eq "${body.userName}"` })
      list.isList().has('totalResults', 0)
    },
  },
]
