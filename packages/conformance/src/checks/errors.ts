import type { Check } from '../check.ts'
import { isText } from './expect.ts'

/** What failures look like (RFC 7644 §3.12), and who is let in (§2). */
export const errorChecks: readonly Check[] = [
  {
    points: [23],
    level: 'MUST',
    title: 'without credentials, or with wrong ones: 401 with WWW-Authenticate',
    async run(subject) {
      for (const token of [false, `wrong-${subject.nonce}`] as const) {
        for (const [method, path] of [
          ['GET', '/Users?count=1'],
          ['POST', '/Users'],
          ['DELETE', `/Users/none-${subject.nonce}`],
        ] as const) {
          const body = method === 'POST' ? subject.userBody() : undefined
          const answer = await subject.send({ method, path, token, ...(body && { body }) })
          answer.is(401).hasHeader('www-authenticate', /^\S+/)
        }
      }
    },
  },
  {
    points: [21, 108],
    level: 'MUST',
    title: 'every failure is a SCIM error with its status as text',
    async run(subject) {
      const none = `/Users/none-${subject.nonce}`
      const user = await subject.addUser()
      ;(await subject.get(none)).isError(404)
      ;(await subject.delete(none)).isError(404)
      ;(await subject.put(none, subject.userBody())).isError(404)
      ;(await subject.post('/Users', '{"schemas":[')).isError(400)
      ;(await subject.post('/Users', { ...subject.userBody(), userName: user.name })).isError(409)
      ;(await subject.send({ method: 'GET', path: '/Users?count=1', token: false })).isError(401)
    },
  },
  {
    points: [21, 109],
    level: 'OURS',
    title: 'the framework’s own failures are SCIM errors as well: 405, 413, 415, 501',
    async run(subject) {
      const user = await subject.addUser()
      const method = await subject.send({ method: 'DELETE', path: '/Users' })
      method.isError(405).hasHeader('allow', /\bPOST\b/)
      ;(await subject.post(user.path, {})).isError(405).hasHeader('allow', /\bPATCH\b/)
      ;(await subject.post('/Users', '<user/>', { 'content-type': 'application/xml' })).isError(415)
      const huge = subject.userBody({ title: 'x'.repeat(5_000_000) })
      ;(await subject.post('/Users', huge)).isError(413)
      ;(await subject.get('/Me')).isError(501, 404)
    },
  },
  {
    points: [108],
    level: 'SHOULD',
    title: 'an error says in words what is wrong',
    async run(subject) {
      const user = await subject.addUser()
      const answers = [
        await subject.get(`/Users/none-${subject.nonce}`),
        await subject.post('/Users', { ...subject.userBody(), userName: user.name }),
        await subject.post('/Users', { schemas: subject.userBody().schemas ?? [] }),
      ]
      for (const answer of answers) answer.satisfies('detail', 'a text', isText)
    },
  },
  {
    points: [109],
    level: 'MUST',
    title: 'what is not there is 404, what is taken 409, what is wrong 400',
    async run(subject) {
      const user = await subject.addUser()
      const none = `/Users/none-${subject.nonce}`
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const body = method === 'PUT' ? subject.userBody() : undefined
        ;(await subject.send({ method, path: none, ...(body && { body }) })).is(404)
      }
      ;(await subject.post('/Users', { ...subject.userBody(), userName: user.name })).is(409)
      ;(await subject.post('/Users', 'no json')).is(400)
    },
  },
  {
    points: [118],
    level: 'MUST',
    title: 'no answer repeats a password or a token',
    async run(subject) {
      const password = `Secret-${subject.nonce}-9!`
      const user = await subject.addUser({ password })
      const token = `wrong-${subject.nonce}`
      const answers = [
        user.answer,
        await subject.post('/Users', { ...subject.userBody({ password }), userName: user.name }),
        await subject.post('/Users', { ...subject.userBody({ password }), active: password }),
        await subject.send({ method: 'GET', path: '/Users?count=1', token }),
      ]
      for (const answer of answers) {
        if (answer.text.includes(password) || answer.text.includes(token)) answer.fail('no secret in it', 'one')
      }
    },
  },
]
