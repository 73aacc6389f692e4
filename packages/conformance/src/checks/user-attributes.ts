import type { Check } from '../check.ts'
import { CheckFailure } from '../check-outcome.ts'
import { lookUp } from '../json-path.ts'
import { urns } from '../urns.ts'
import { isBoolean, isInstant } from './expect.ts'

const certificate = 'MIIBkTCB+wIJAKZ7hQEXAMPLE0MA0GCSqGSIb3DQEBCwUAMA0xCzAJBgNVBAYTAlVT=='

/** Types, primary values, names, passwords, and what a user keeps (RFC 7643 §2.3, §2.4, §4.1). */
export const userAttributeChecks: readonly Check[] = [
  {
    points: [31],
    level: 'MUST',
    title: 'attributes of an extension live under its URN',
    needs: ['enterprise'],
    async run(subject) {
      const extension = { employeeNumber: '701984', department: 'Physics' }
      const user = await subject.addUser({ schemas: [urns.user, urns.enterprise], [urns.enterprise]: extension })
      const read = (await subject.get(user.path)).is(200)
      read.has([urns.enterprise, 'employeeNumber'], '701984').has([urns.enterprise, 'department'], 'Physics')
      read.lacks('employeeNumber', 'department')
      read.satisfies('schemas', urns.enterprise, (value) => Array.isArray(value) && value.includes(urns.enterprise))
    },
  },
  {
    points: [32],
    level: 'MUST',
    title: 'values come back in the types of the schema',
    async run(subject) {
      const user = await subject.addUser({ active: true })
      const read = (await subject.get(user.path)).is(200)
      read.satisfies('active', 'a boolean', isBoolean)
      read.satisfies('emails.0.primary', 'a boolean', isBoolean)
      read.satisfies('meta.created', 'an instant with date, time and zone', isInstant)
      read.satisfies('meta.lastModified', 'an instant with date, time and zone', isInstant)
    },
  },
  {
    points: [32],
    level: 'MUST',
    title: 'base64 and references are kept as they are',
    needs: ['User.x509Certificates', 'User.profileUrl'],
    async run(subject) {
      const profileUrl = 'https://example.test/People/Grace?case=Exact'
      const user = await subject.addUser({ x509Certificates: [{ value: certificate }], profileUrl })
      const read = (await subject.get(user.path)).is(200)
      read.has('x509Certificates.0.value', certificate).has('profileUrl', profileUrl)
    },
  },
  {
    points: [33],
    level: 'MUST',
    title: 'at most one value is primary',
    async run(subject) {
      const emails = ['work', 'home'].map((type) => ({ value: `${subject.unique(type)}@a.test`, type, primary: true }))
      const created = (await subject.post('/Users', subject.userBody({ emails }))).is(201, 400)
      if (created.status === 400) return
      const read = (await subject.get(`/Users/${created.textAt('id')}`)).is(200)
      const kept = read.at('emails')
      const primary = (Array.isArray(kept) ? kept : []).filter((email) => lookUp(email, 'primary') === true)
      if (primary.length > 1) read.fail('at most one primary email', String(primary.length))
    },
  },
  {
    points: [34],
    level: 'MUST',
    title: 'userName is required and not empty',
    async run(subject) {
      const { userName: _, ...without } = subject.userBody()
      ;(await subject.post('/Users', without)).isError(400)
      ;(await subject.post('/Users', { ...without, userName: '' })).isError(400)
      ;(await subject.post('/Users', { ...without, userName: null })).isError(400)
    },
  },
  {
    points: [34],
    level: 'MUST',
    title: 'userName is unique in any case',
    async run(subject) {
      const user = await subject.addUser()
      ;(await subject.post('/Users', { ...subject.userBody(), userName: user.name.toUpperCase() })).isError(409)
    },
  },
  {
    points: [34, 39],
    level: 'MUST',
    title: 'a password is never returned, however it is asked for',
    async run(subject) {
      const password = `Secret-${subject.nonce}-9!`
      const user = await subject.addUser({ password })
      const answers = [
        user.answer,
        await subject.get(user.path),
        await subject.get(`${user.path}?attributes=password`),
        await subject.get(`${user.path}?attributes=userName,PASSWORD`),
        await subject.put(user.path, { ...subject.userBody({ password }), userName: user.name }),
        await subject.get('/Users?attributes=password&count=5'),
      ]
      for (const answer of answers) {
        answer.lacks('password')
        if (answer.text.includes(password)) answer.fail('no password', 'the password')
      }
    },
  },
  {
    points: [36],
    level: 'MAY',
    title: 'active, roles, entitlements and certificates are kept',
    needs: ['User.roles', 'User.entitlements', 'User.x509Certificates'],
    async run(subject) {
      const user = await subject.addUser({
        active: false,
        roles: [{ value: 'auditor', display: 'Auditor' }],
        entitlements: [{ value: 'seat', display: 'A seat' }],
        x509Certificates: [{ value: certificate, display: 'Signing' }],
      })
      const read = (await subject.get(user.path)).is(200).has('active', false)
      read.has('roles.0.value', 'auditor').has('roles.0.display', 'Auditor')
      read.has('entitlements.0.value', 'seat').has('entitlements.0.display', 'A seat')
      read.has('x509Certificates.0.value', certificate).has('x509Certificates.0.display', 'Signing')
      const found = await subject.find('/Users', { filter: `userName eq "${user.name}"` })
      found.isList().has('Resources.0.active', false)
    },
  },
  {
    points: [39],
    level: 'MUST',
    title: 'what the schema returns never or on request is not there by default',
    async run(subject) {
      const schema = (await subject.get(`/Schemas/${urns.user}`)).is(200)
      const user = (await subject.get((await subject.addUser()).path)).is(200)
      const attributes = schema.at('attributes')
      if (!Array.isArray(attributes)) throw new CheckFailure('attributes in the schema of users', 'none')
      for (const attribute of attributes) {
        const isHidden = ['never', 'request'].includes(String(lookUp(attribute, 'returned')))
        if (isHidden) user.lacks(String(lookUp(attribute, 'name')))
      }
    },
  },
]
