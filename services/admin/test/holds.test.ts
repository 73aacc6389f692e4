import { createDirectoryUsers, deleteDirectoryUsers, transact } from '@muster/repository'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import { addOrganization, type Body, type Installation, rowsOf, startInstallation } from './support/installation.ts'

const cause = { kind: 'scim', id: 'test' } as const

/** A directory of 60 people of whom 20 were deleted at once: the first 12 are, the others wait. */
async function tripGuard(installation: Installation, organizationId: string, directoryTypeId: string): Promise<void> {
  const scope = await installation.scopeOf(organizationId)
  const directoryId = fromTypeId('directory', directoryTypeId) ?? ''
  const drafts = Array.from({ length: 60 }, (_, index) => {
    const userName = `person-${index}@example.test`
    return { directoryUserId: newUuid(), document: { userName, active: true, emails: [{ value: userName }] } }
  })
  await transact(installation.database, scope, cause, (tx) => createDirectoryUsers(tx, directoryId, drafts))
  const ids = drafts.slice(0, 20).map(({ directoryUserId }) => directoryUserId)
  await transact(installation.database, scope, cause, (tx) => deleteDirectoryUsers(tx, directoryId, ids))
}

t.test('holds are read, approved and rejected', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const { id: directoryId } = (await call(acme.admin, 'POST', '/api/directory', { name: 'Big', type: 'SCIM' })).body
  await tripGuard(installation, acme.id, directoryId)
  const get = async (path: string) => {
    const answer = await call(acme.viewer, 'GET', `/api/holds${path}`)
    t.equal(answer.status, 200, path)
    return answer
  }
  const [hold, older, ...others] = rowsOf(await get(''))
  t.same(others, [])
  t.equal(older?.id, acme.holdId, 'the newest first')
  const id = String(hold?.id)
  t.match(hold, {
    id: /^hold_/,
    directoryId,
    reason: 'push',
    status: 'open',
    cause,
    tripped: { kind: 'users' },
    changesSettings: false,
    createdAt: /Z$/,
    ...{ expiresAt: null, decidedAt: null, decidedBy: null },
  })
  const waiting = (await get(`/${id}`)).body.waiting as { users: number }
  t.ok(waiting.users > 0 && waiting.users < 20)
  const inactive = async () => (await call(acme.viewer, 'GET', '/api/users/count?state=inactive')).body.count
  t.equal(await inactive(), 20 - waiting.users)

  await t.test('lists have filters, a count and a cursor', async (t) => {
    const { nextCursor } = (await get('?limit=1')).body
    t.equal(nextCursor, id)
    t.equal(rowsOf(await get(`?limit=1&after=${nextCursor}`))[0]?.id, acme.holdId)
    for (const [query, count] of [
      ['status=open', 2],
      ['status=approved', 0],
      [`directoryId=${directoryId}`, 1],
      [`directoryId=${acme.directoryId}&status=open`, 1],
    ] as const) {
      t.equal(rowsOf(await get(`?${query}`)).length, count, query)
      t.same((await get(`/count?${query}`)).body, { count }, query)
    }
    for (const query of ['?status=gone', '?directoryId=x', '?after=x', `/${id}/changes?after=user.x`, '?x=1']) {
      t.equal((await call(acme.viewer, 'GET', `/api/holds${query}`)).status, 400, query)
    }
  })

  await t.test('the changes say who', async (t) => {
    const all = rowsOf(await get(`/${id}/changes`))
    t.equal(all.length, waiting.users)
    for (const change of all) {
      t.match(change, { kind: 'user', effect: 'delete', directoryId, user: { id: /^user_/, state: 'active' } })
      t.match((change.user as Body).createdAt, /Z$/)
    }
    const paged: Body[] = []
    for (let after = ''; ; ) {
      const { body } = await get(`/${id}/changes?limit=3${after}`)
      paged.push(...(body.data as Body[]))
      if (body.nextCursor === null) break
      after = `&after=${body.nextCursor}`
    }
    t.same(paged, all)
    t.same(rowsOf(await get(`/${acme.holdId}/changes`)), [])
  })

  const decide = (which: string, verb: string, body?: object) =>
    call(acme.admin, 'POST', `/api/holds/${which}/${verb}`, body)
  const rejected = await decide(id, 'reject', {})
  t.equal(rejected.status, 200)
  t.match(rejected.body, { status: 'rejected', decidedBy: { kind: 'api', id: /^key_/ }, waiting })
  const again = await decide(id, 'reject')
  t.equal(again.status, 409)
  t.match(again.body, { code: 'conflict', detail: 'The hold is rejected.' })
  const approved = await decide(id, 'approve')
  t.equal(approved.status, 200)
  t.match(approved.body, {
    status: 'approved',
    waiting: { users: 0, groups: 0, memberships: 0 },
    settlement: { kind: 'hold', status: 'done', holdId: id, total: waiting.users, done: waiting.users },
  })
  t.equal((await decide(id, 'approve')).status, 409)
  t.equal(await inactive(), 20)
  t.equal((await decide(id, 'approve', { note: 'x' })).status, 400)
  const events = rowsOf(await call(acme.viewer, 'GET', `/api/events?directoryId=${directoryId}&limit=1000`))
  const held = events.map(({ type }) => String(type)).filter((type) => type.startsWith('hold.'))
  t.same(held, ['hold.created', 'hold.rejected', 'hold.approved'])
  const trail = rowsOf(await call(acme.admin, 'GET', `/api/audit?target=${id}`))
  t.match(trail, [
    { action: 'hold.approve', target: id, detail: { reason: 'push', ...waiting } },
    { action: 'hold.reject', target: id },
  ])
})
