import t from 'tap'
import { addOrganization, rowsOf, startInstallation } from './support/installation.ts'

t.test('a person by hand: created, changed, pinned, erased', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const draft = {
    ...{ email: 'Guest@Partner.test', firstName: 'Gus', profile: { title: 'Guest' } },
    ...{ customAttributes: { badge: '12' }, metadata: { plan: { seats: 3 } } },
  }
  const created = await call(acme.admin, 'POST', '/api/users', draft)
  t.equal(created.status, 201)
  t.match(created.body, {
    ...{ id: /^user_/, email: 'Guest@Partner.test', state: 'active', directoryId: null, directory: null, pinned: [] },
    ...{
      profile: { title: 'Guest', department: null },
      customAttributes: { badge: '12' },
      metadata: { plan: { seats: 3 } },
    },
  })
  const path = `/api/users/${created.body.id}`
  t.strictSame((await call(acme.viewer, 'GET', path)).body, created.body)
  t.strictSame(rowsOf(await call(acme.viewer, 'GET', '/api/users?source=manual'))[0], created.body)

  const taken = await call(acme.admin, 'POST', '/api/users', { email: 'guest@partner.TEST' })
  t.match(taken, { status: 409, body: { code: 'uniqueness', detail: new RegExp(created.body.id) } })
  t.notMatch(taken.text.toLowerCase(), 'partner')

  const changed = await call(acme.admin, 'PATCH', path, {
    ...{
      lastName: 'Doe',
      firstName: null,
      profile: { title: 'Member' },
      customAttributes: { badge: null, floor: '3' },
    },
    ...{
      metadata: { plan: { seats: null, kind: 'pro' } },
      pinned: ['title'],
      lastLoginAt: '2026-01-02T03:04:05+01:00',
    },
  })
  t.match(changed.body, {
    ...{ firstName: null, lastName: 'Doe', profile: { title: 'Member' }, pinned: ['title'] },
    lastLoginAt: '2026-01-02T02:04:05.000Z',
  })
  t.strictSame(changed.body.customAttributes, { floor: '3' })
  t.strictSame(changed.body.metadata, { plan: { kind: 'pro' } })
  const same = await call(acme.admin, 'PATCH', path, { lastName: 'Doe', pinned: ['title'] })
  t.strictSame(same.body, changed.body, 'no change, no new updatedAt')
  t.match((await call(acme.admin, 'PATCH', path, { metadata: null, state: 'inactive' })).body, {
    ...{ state: 'inactive', sessionsRevokedAt: /Z$/ },
  })

  const held = await call(acme.admin, 'PATCH', `/api/users/${acme.userId}`, { state: 'inactive' })
  t.match(held, { status: 409, body: { code: 'conflict', detail: new RegExp(acme.directoryId) } })

  const actions = rowsOf(await call(acme.admin, 'GET', `/api/audit?target=${created.body.id}`))
  t.match(actions, [{ action: 'user.update' }, { action: 'user.update' }, { action: 'user.create' }])
  t.notMatch(JSON.stringify(actions), /Doe|Member/)

  t.equal((await call(acme.admin, 'DELETE', path)).status, 204)
  t.equal((await call(acme.admin, 'GET', path)).status, 404)
  t.equal((await call(acme.admin, 'DELETE', path)).status, 404)
  const events = rowsOf(await call(acme.viewer, 'GET', '/api/events?limit=1000'))
  t.match(events.at(-1), { type: 'directory.user.erased', data: { user: { id: created.body.id } } })
  t.notMatch(JSON.stringify(events), /Guest|Partner/)
  t.equal(events.filter(({ data }) => (data as { erased?: boolean }).erased).length, 4, 'they are still counted')
})

t.test('what is not valid is refused by name, and nothing of it is repeated', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const refused: [object, RegExp][] = [
    [{ email: 'no address' }, /email/],
    [{ firstName: '  ' }, /firstName/],
    [{ profile: { shoeSize: '42' } }, /profile/],
    [{ customAttributes: { 'not a name': 'x' } }, /customAttributes/],
    [{ customAttributes: { long: 'x'.repeat(4_097) } }, /customAttributes/],
    [{ metadata: [] }, /metadata/],
    [{ metadata: { secret: 'x'.repeat(70_000) } }, /metadata/],
    [{ state: 'gone' }, /state/],
    [{ id: 'user_1' }, /unknown member/],
  ]
  for (const [body, detail] of refused) {
    for (const [method, path] of [
      ['POST', '/api/users'],
      ['PATCH', `/api/users/${acme.userId}`],
    ] as const) {
      const answer = await call(acme.admin, method, path, body)
      t.match(answer, { status: 400, body: { detail } }, `${method} ${Object.keys(body)}`)
      t.notMatch(answer.text, /no address|xxxx|gone/)
    }
  }
  for (const body of [{ pinned: ['shoeSize'] }, { pinned: ['title', 'title'] }, { lastLoginAt: 'now' }, { email: 7 }]) {
    t.equal((await call(acme.admin, 'PATCH', `/api/users/${acme.userId}`, body)).status, 400, JSON.stringify(body))
  }
  t.equal(
    (await call(acme.admin, 'POST', '/api/users', { firstName: null })).status,
    400,
    'nothing is there to withdraw',
  )
  t.equal((await call(acme.viewer, 'GET', '/api/users/count?source=manual')).body.count, 0)
})
