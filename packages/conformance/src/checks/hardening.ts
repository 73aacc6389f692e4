import type { Check } from '../check.ts'

/** Requests that mean harm. */
export const hardeningChecks: readonly Check[] = [
  {
    points: [119],
    level: 'OURS',
    title: 'names that reach a prototype are refused, in bodies and in paths',
    needs: ['patch'],
    async run(subject) {
      const user = await subject.addUser()
      const { userName } = subject.userBody()
      for (const more of [
        '"__proto__":{"a":1}',
        '"\\u005f_proto__":{"a":1}',
        '"name":{"constructor":{"prototype":{}}}',
      ]) {
        const body = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"${userName}",${more}}`
        ;(await subject.post('/Users', body)).isError(400)
      }
      for (const path of [
        '__proto__.polluted',
        'constructor.prototype.polluted',
        'name.__proto__',
        'emails[__proto__ eq 1]',
      ]) {
        ;(await subject.patch(user.path, { op: 'add', path, value: 'yes' })).isError(400)
      }
      ;(await subject.find('/Users', { filter: '__proto__ pr' })).isError(400)
    },
  },
  {
    points: [119],
    level: 'OURS',
    title: 'JSON that is too deep, too large or ambiguous is refused',
    async run(subject) {
      const { userName } = subject.userBody()
      const start = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"${userName}"`
      const deep = `${start},"emails":${'['.repeat(5_000)}${']'.repeat(5_000)}}`
      ;(await subject.post('/Users', deep)).isError(400)
      ;(await subject.post('/Users', `${start},"title":"${'x'.repeat(3_000_000)}"}`)).isError(413)
      ;(await subject.post('/Users', `${start},"displayName":"\\u0000"}`)).isError(400)
      ;(await subject.post('/Users', `${start},"displayName":"\\ud800"}`)).isError(400)
    },
  },
  {
    points: [119, 55],
    level: 'MUST',
    title: 'no filter reaches around its quotes',
    needs: ['filter'],
    async run(subject) {
      await subject.addUser()
      for (const text of ["' OR '1'='1", "'; DROP TABLE users; --", '%', '_', '*', '\\', '\\" or userName pr or \\"']) {
        const filter = `userName eq "${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
        ;(await subject.find('/Users', { filter })).isList().has('totalResults', 0)
      }
    },
  },
]
