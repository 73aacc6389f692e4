import t from 'tap'
import { openRunHold, remindOfHolds, transact, updateOrganization } from '../src/index.ts'
import { cause } from './support/directory.ts'
import {
  addUsers,
  approve,
  during,
  type HoldStage,
  holdsOf,
  onlyHold,
  openHoldStage,
  reject,
  statesOf,
  waitingIn,
} from './support/hold-stage.ts'
import { typesOf } from './support/reading.ts'

const openOne = ({ database, scope, directory }: HoldStage, removals = 1_000) =>
  transact(database, scope, cause, (tx) =>
    openRunHold(tx, directory.directoryId, { users: removals, groups: 0, memberships: 0 }),
  )

const remind = (stage: HoldStage) => remindOfHolds(stage.database, { cause: { kind: 'system', id: 'remind_holds' } })

t.test('open holds are told of once a day', async (t) => {
  const stage = await openHoldStage(t)
  const { users: mode } = await openOne(stage)
  if (mode.kind !== 'hold') throw new Error('Nothing is held')
  t.same(await during(stage, () => remind(stage)), [], 'not on the first day')
  const aDayLater = (column: string) =>
    stage.superuser.query(`UPDATE holds SET ${column} = ${column} - interval '1 day'`)
  await aDayLater('created_at')
  const events = await during(stage, () => Promise.all([remind(stage), remind(stage), remind(stage)]))
  t.same(typesOf(events), ['hold.pending'], 'once, however often somebody looks')
  t.match(events[0], {
    directoryId: stage.directory.typeId,
    cause: { kind: 'system', id: 'remind_holds' },
    data: { directory: { name: 'Okta' }, hold: { status: 'open', reason: 'sync', kind: 'users', expiresAt: null } },
  })
  t.same(await remind(stage), { expired: 0, pending: 0 })
  await aDayLater('reminded_at')
  t.same(await remind(stage), { expired: 0, pending: 1 })
  await aDayLater('reminded_at')
  await reject(stage, mode.holdId)
  t.same(await remind(stage), { expired: 0, pending: 0 }, 'what is decided is not told of')
})

t.test('a hold expires when its time is over, and can be approved all the same', async (t) => {
  const stage = await openHoldStage(t, { guard: { users: { removalsMax: 0 } } })
  await transact(stage.database, stage.scope, cause, (tx) => updateOrganization(tx, { holdExpiryHours: 48 }))
  const [first = '', second = ''] = await addUsers(stage.directory, 2)
  const [created] = await during(stage, () => stage.directory.patchUser(first, { active: false }))
  t.match(created?.data, { hold: { expiresAt: /Z$/ } })
  const { holdId, expiresAt, createdAt } = await onlyHold(stage)
  t.equal(Number(expiresAt) - Number(createdAt), 48 * 3_600_000)
  t.same(await remind(stage), { expired: 0, pending: 0 })
  await stage.superuser.query('UPDATE holds SET expires_at = now()')
  const events = await during(stage, () => Promise.all([remind(stage), remind(stage)]))
  t.same(typesOf(events), ['hold.expired'])
  t.match(await onlyHold(stage), { status: 'expired', decidedAt: Date, decidedBy: null, waiting: { users: 1 } })
  t.same(await statesOf(stage), { active: 2, inactive: 0 }, 'as if it had been rejected')
  t.same((await stage.superuser.query('SELECT FROM hold_routes')).rows, [])
  await t.rejects(reject(stage, holdId), { code: 'conflict', detail: 'The hold is expired.' })
  await stage.directory.patchUser(second, { active: false })
  t.equal((await holdsOf(stage)).length, 2, 'what comes later waits in another one')
  await approve(stage, holdId)
  t.match(await waitingIn(stage, holdId), { status: 'approved', waiting: { users: 0 } })
  t.same(await statesOf(stage), { active: 1, inactive: 1 })
})

t.test('a run is judged as a whole, each kind by its limits', async (t) => {
  const stage = await openHoldStage(t, { guard: { memberships: 'off' } })
  await addUsers(stage.directory, 100)
  const judge = (users: number, groups: number, memberships: number) =>
    transact(stage.database, stage.scope, cause, (tx) =>
      openRunHold(tx, stage.directory.directoryId, { users, groups, memberships }),
    )
  const apply = { kind: 'apply' }
  t.same(await judge(20, 0, 100_000), { users: apply, groups: apply, memberships: apply })
  t.same(await holdsOf(stage), [])
  const modes = await judge(21, 501, 0)
  const held = { kind: 'hold', holdId: (await onlyHold(stage)).holdId }
  t.same(modes, { users: held, groups: held, memberships: apply })
  t.match(await onlyHold(stage), { reason: 'sync', tripped: { kind: 'users', removals: 21 } })
})

t.test('a hold that a settlement still fills is neither approved nor withdrawn', async (t) => {
  const stage = await openHoldStage(t)
  const { users: mode } = await openOne(stage)
  if (mode.kind !== 'hold') throw new Error('Nothing is held')
  await stage.superuser.query(
    `INSERT INTO settlements (organization_id, settlement_id, kind, hold_id, total, cause)
     VALUES ($1, gen_random_uuid(), 'directory_users', $2, 1, '{}')`,
    [stage.scope.organizationId, mode.holdId],
  )
  const [jane = ''] = await addUsers(stage.directory, 1)
  await stage.superuser.query('UPDATE directory_users SET active = false')
  await stage.superuser.query('UPDATE user_links SET hold_id = $1', [mode.holdId])
  await stage.directory.patchUser(jane, { active: true })
  t.match(await onlyHold(stage), { status: 'open', waiting: { users: 0 } })
  await t.rejects(approve(stage, mode.holdId), { code: 'conflict' })
  await stage.superuser.query(`UPDATE settlements SET status = 'done'`)
  await approve(stage, mode.holdId)
  t.match(await onlyHold(stage), { status: 'approved' })
})
