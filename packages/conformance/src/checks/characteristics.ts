import type { Check } from '../check.ts'
import { urns } from '../urns.ts'

/** Mutability, uniqueness, case, canonical values (RFC 7643 §2.2). */
export const characteristicChecks: readonly Check[] = [
  {
    points: [37],
    level: 'MUST',
    title: 'read-only attributes are ignored on POST and PUT',
    async run(subject) {
      const readOnly = { id: 'mine', meta: { created: '1999-01-01T00:00:00Z' }, groups: [{ value: 'admins' }] }
      const user = await subject.addUser(readOnly)
      const replaced = await subject.put(user.path, { ...subject.userBody(readOnly), userName: user.name })
      replaced.is(200)
      for (const answer of [user.answer, replaced]) {
        answer.has('id', user.id).lacks('groups')
        answer.satisfies('meta.created', 'an instant of now', (value) => `${value}` > '2020')
      }
    },
  },
  {
    points: [37, 93],
    level: 'MUST',
    title: 'a PATCH of a read-only attribute is refused',
    needs: ['patch'],
    async run(subject) {
      const user = await subject.addUser()
      for (const [path, value] of [
        ['id', 'mine'],
        ['meta.created', '1999-01-01T00:00:00Z'],
        ['groups', [{ value: 'admins' }]],
      ] as const) {
        const answer = await subject.patch(user.path, { op: 'replace', path, value: value as string })
        answer.isError(400).hasScimType('mutability')
      }
      ;(await subject.get(user.path)).is(200).has('id', user.id).lacks('groups')
    },
  },
  {
    points: [37],
    level: 'OURS',
    title: 'the own id inside a PATCH value is no change',
    needs: ['patch'],
    async run(subject) {
      const user = await subject.addUser()
      const after = await subject.patched(user.path, {
        op: 'replace',
        value: { id: user.id, schemas: [urns.user], displayName: 'Okta' },
      })
      after.has('id', user.id).has('displayName', 'Okta')
    },
  },
  {
    points: [38],
    level: 'MUST',
    title: 'an immutable attribute that is set is not changed by a PATCH',
    needs: ['patch', 'groups'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const group = await subject.addGroup([one.id])
      const path = `members[value eq "${one.id}"].value`
      const answer = await subject.patch(group.path, { op: 'replace', path, value: other.id })
      answer.isError(400)
      ;(await subject.get(group.path)).is(200).has('members.0.value', one.id)
    },
  },
  {
    points: [40],
    level: 'MUST',
    title: 'a PUT or PATCH cannot take a userName that is somebody’s',
    needs: ['patch'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const put = await subject.put(other.path, { ...subject.userBody(), userName: one.name })
      put.isError(400, 409)
      const patch = await subject.patch(other.path, { op: 'replace', path: 'userName', value: one.name.toUpperCase() })
      patch.isError(400, 409)
      ;(await subject.get(other.path)).is(200).has('userName', other.name)
    },
  },
  {
    points: [40],
    level: 'SHOULD',
    title: 'uniqueness is 409 uniqueness on PUT and PATCH as well',
    needs: ['patch'],
    async run(subject) {
      const [one, other] = [await subject.addUser(), await subject.addUser()]
      const put = await subject.put(other.path, { ...subject.userBody(), userName: one.name })
      put.isError(409).hasScimType('uniqueness')
      const patch = await subject.patch(other.path, { op: 'replace', path: 'userName', value: one.name })
      patch.isError(409).hasScimType('uniqueness')
      const own = await subject.put(one.path, { ...subject.userBody(), userName: one.name.toUpperCase() })
      own.is(200).has('userName', one.name.toUpperCase())
    },
  },
  {
    points: [41],
    level: 'MUST',
    title: 'caseExact decides: userName is found in any case, externalId in its own, both are kept as sent',
    needs: ['filter'],
    async run(subject) {
      const userName = `Mixed-${subject.nonce}@Conformance.Test`
      const externalId = `Exact-${subject.nonce}`
      const user = await subject.addUser({ userName, externalId })
      user.answer.has('userName', userName).has('externalId', externalId)
      const count = async (filter: string, total: number) =>
        (await subject.find('/Users', { filter })).isList().has('totalResults', total)
      await count(`userName eq "${userName.toUpperCase()}"`, 1)
      await count(`externalId eq "${externalId}"`, 1)
      await count(`externalId eq "${externalId.toLowerCase()}"`, 0)
    },
  },
  {
    points: [42],
    level: 'OURS',
    title: 'an unknown type is kept',
    async run(subject) {
      const emails = [{ value: `${subject.unique('pigeon')}@a.test`, type: 'carrier-pigeon' }]
      const user = await subject.addUser({ emails })
      ;(await subject.get(user.path)).is(200).has('emails.0.type', 'carrier-pigeon')
    },
  },
  {
    points: [43],
    level: 'OURS',
    title: 'a manager that nobody knows is kept',
    needs: ['enterprise'],
    async run(subject) {
      const manager = { value: `nobody-${subject.nonce}` }
      const user = await subject.addUser({ schemas: [urns.user, urns.enterprise], [urns.enterprise]: { manager } })
      ;(await subject.get(user.path)).is(200).has([urns.enterprise, 'manager', 'value'], manager.value)
    },
  },
]
