import type { Answer } from '../answer.ts'
import type { Check } from '../check.ts'
import { urns } from '../urns.ts'

/** `attributes` and `excludedAttributes` (RFC 7644 §3.9, §3.10). */
export const projectionChecks: readonly Check[] = [
  {
    points: [75],
    level: 'MUST',
    title: 'attributes and excludedAttributes work on GET, lists and PUT',
    needs: ['filter'],
    async run(subject) {
      const user = await subject.addUser()
      const filter = `userName eq "${user.name}"`
      const body = { ...subject.userBody(), userName: user.name }
      const one = (answer: Answer) => answer.is(200).has('userName', user.name).lacks('name', 'emails')
      const first = (answer: Answer) =>
        answer.isList().has('Resources.0.userName', user.name).lacks('Resources.0.name', 'Resources.0.emails')
      one(await subject.get(`${user.path}?attributes=userName`))
      one(await subject.get(`${user.path}?excludedAttributes=name,emails`))
      first(await subject.find('/Users', { filter, attributes: 'userName' }))
      first(await subject.find('/Users', { filter, excludedAttributes: 'name,emails' }))
      one(await subject.put(`${user.path}?attributes=userName`, body))
      one(await subject.put(`${user.path}?excludedAttributes=name,emails`, body))
    },
  },
  {
    points: [75, 85],
    level: 'MUST',
    title: 'attributes of a PATCH ask for the resource: 200 with them',
    needs: ['patch'],
    async run(subject) {
      const user = await subject.addUser()
      const operation = { op: 'replace', path: 'displayName', value: 'New' }
      const answer = await subject.patch(`${user.path}?attributes=displayName`, operation)
      answer.is(200).has('displayName', 'New').has('id', user.id).lacks('emails', 'userName')
    },
  },
  {
    points: [75],
    level: 'MUST',
    title: 'members of a group can be left out',
    needs: ['groups', 'filter'],
    async run(subject) {
      const group = await subject.addGroup([(await subject.addUser()).id])
      ;(await subject.get(group.path)).is(200).textAt('members.0.value')
      const read = (await subject.get(`${group.path}?excludedAttributes=members`)).is(200)
      read.lacks('members').has('displayName', group.name)
      const filter = `displayName eq "${group.name}"`
      const list = (await subject.find('/Groups', { filter, excludedAttributes: 'members' })).isList()
      list.has('Resources.0.id', group.id).lacks('Resources.0.members')
    },
  },
  {
    points: [75],
    level: 'OURS',
    title: 'attributes win over excludedAttributes',
    async run(subject) {
      const user = await subject.addUser()
      const answer = await subject.get(`${user.path}?attributes=userName,emails&excludedAttributes=emails`)
      answer.is(200).has('userName', user.name).lacks('name')
    },
  },
  {
    points: [26, 76],
    level: 'MUST',
    title: 'what is always returned cannot be left out',
    async run(subject) {
      const user = await subject.addUser()
      for (const query of ['attributes=displayName', 'excludedAttributes=id,schemas', 'attributes=nothing']) {
        const answer = (await subject.get(`${user.path}?${query}`)).is(200).has('id', user.id)
        answer.satisfies('schemas', urns.user, (value) => Array.isArray(value) && value.includes(urns.user))
      }
    },
  },
  {
    points: [77],
    level: 'MUST',
    title: 'names may be qualified, in any case, and mean a sub-attribute or all of them',
    async run(subject) {
      const user = await subject.addUser()
      const read = async (attributes: string) => (await subject.find(user.path, { attributes })).is(200)
      ;(await read('name')).has('name.givenName', 'Grace').has('name.familyName', 'Hopper').lacks('emails')
      ;(await read('name.givenName')).has('name.givenName', 'Grace').lacks('name.familyName', 'emails')
      ;(await read('NAME.FAMILYNAME')).has('name.familyName', 'Hopper').lacks('name.givenName')
      ;(await read('emails.value')).has('emails.0.value', user.name).lacks('emails.0.type', 'name')
      ;(await read(`${urns.user}:displayName`)).has('displayName', 'Grace Hopper').lacks('name')
      ;(await read(`${urns.user}:name.givenName, userName`)).has('userName', user.name).lacks('name.familyName')
      const others = (await subject.find(user.path, { excludedAttributes: 'name.familyName' })).is(200)
      others.has('name.givenName', 'Grace').lacks('name.familyName').has('userName', user.name)
    },
  },
  {
    points: [77],
    level: 'MUST',
    title: 'attributes of an extension, and the whole of it, are named by its URN',
    needs: ['enterprise'],
    async run(subject) {
      const extension = { employeeNumber: '7', department: 'Physics' }
      const user = await subject.addUser({ schemas: [urns.user, urns.enterprise], [urns.enterprise]: extension })
      const one = (await subject.find(user.path, { attributes: `${urns.enterprise}:department` })).is(200)
      one.has([urns.enterprise, 'department'], 'Physics').lacks([urns.enterprise, 'employeeNumber'], 'name')
      const whole = (await subject.find(user.path, { attributes: urns.enterprise })).is(200)
      whole.has([urns.enterprise, 'department'], 'Physics').has([urns.enterprise, 'employeeNumber'], '7').lacks('name')
      const without = (await subject.find(user.path, { excludedAttributes: urns.enterprise })).is(200)
      without.lacks([urns.enterprise, 'department']).has('userName', user.name)
    },
  },
]
