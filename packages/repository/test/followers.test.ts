import { newUuid } from '@muster/runtime/type-ids'
import t from 'tap'
import {
  addFollower,
  advanceFollower,
  type Database,
  lastSequences,
  listBehind,
  listEvents,
  type OrganizationScope,
  removeFollower,
  transact,
} from '../src/index.ts'
import { cause } from './support/directory.ts'
import { connect, openInstallation } from './support/installation.ts'

function append(database: Database, scope: OrganizationScope, count: number): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    const draft = { type: 'directory.activated', directoryId: null, subjectId: newUuid(), data: {} } as const
    tx.append(Array.from({ length: count }, () => draft))
  })
}

t.test('who is behind, over all organizations', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const [acme, other] = [await addOrganization('Acme'), await addOrganization('Other')]
  await append(database, acme, 3)
  const [atStart, atEnd, inOther] = [newUuid(), newUuid(), newUuid()]
  await transact(database, acme, cause, async (tx) => {
    await addFollower(tx, 'webhook', atStart, 0)
    await addFollower(tx, 'webhook', atEnd, 'end')
  })
  await transact(database, other, cause, (tx) => addFollower(tx, 'after_create', inOther, 'end'))
  const behind = async (...kinds: Parameters<typeof listBehind>[1]) =>
    (await listBehind(database, kinds)).map((follower) => follower.followerId).sort()
  t.same(await listBehind(database, ['webhook', 'after_create']), [
    { kind: 'webhook', organizationId: acme.organizationId, followerId: atStart },
  ])
  t.same(await behind('after_create'), [])
  await append(database, acme, 1)
  await append(database, other, 1)
  t.same(await behind('webhook', 'after_create'), [atStart, atEnd, inOther].sort())
  t.same(await behind('after_create'), [inOther])
  await transact(database, acme, cause, async (tx) => {
    await removeFollower(tx, 'webhook', atStart)
    await addFollower(tx, 'webhook', atEnd, 4)
  })
  t.same(await behind('webhook'), [], 'gone, and moved')
  t.same(
    await lastSequences(database, [acme, other, acme]),
    new Map([
      [acme.organizationId, 4],
      [other.organizationId, 1],
    ]),
  )
  t.same(await lastSequences(database, []), new Map())
})

t.test('a cursor moves with the work, by one at a time', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const superuser = await connect(t, testDatabase.superuserUrl)
  const acme = await addOrganization('Acme')
  await append(database, acme, 25)
  const follower = { kind: 'webhook', organizationId: acme.organizationId, followerId: newUuid() } as const
  await transact(database, acme, cause, (tx) => addFollower(tx, 'webhook', follower.followerId, 5))
  const position = async () =>
    Number(
      (await superuser.query('SELECT sequence FROM followers WHERE follower_id = $1', [follower.followerId])).rows[0]
        ?.sequence,
    )
  const failing = advanceFollower(database, follower, async (tx) => {
    tx.append([{ type: 'directory.activated', directoryId: null, subjectId: newUuid(), data: {} }])
    throw new Error('not today')
  })
  await t.rejects(failing, /not today/)
  t.equal(await position(), 5, 'nor does it without')
  t.equal(await advanceFollower(database, follower, async (_, { after }) => after), false)

  let atOnce = 0
  const seen: number[] = []
  const step = () =>
    advanceFollower(database, follower, async (tx, { after, organizationId, followerId }) => {
      t.same([organizationId, followerId, ++atOnce], [follower.organizationId, follower.followerId, 1])
      const events = await listEvents(tx, {}, { after, limit: 3 })
      atOnce--
      seen.push(...events.map((event) => event.sequence))
      return events.at(-1)?.sequence ?? after
    })
  while ((await listBehind(database, ['webhook'])).length > 0) await Promise.all([step(), step(), step()])
  t.same(
    seen,
    Array.from({ length: 20 }, (_, index) => index + 6),
    'each event once, in order, whoever came first',
  )
  t.equal(await position(), 25)
  await transact(database, acme, cause, (tx) => removeFollower(tx, 'webhook', follower.followerId))
  t.equal(await step(), false, 'one that follows no more')
})
