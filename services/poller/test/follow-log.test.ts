import { setTimeout as delay } from 'node:timers/promises'
import {
  addFollower,
  advanceFollower,
  authenticateApiKey,
  chooseOrganization,
  createOperatorKey,
  createOrganization,
  type Database,
  listEvents,
  type OrganizationScope,
  openDatabase,
  transact,
} from '@muster/repository'
import { generateToken, hashToken } from '@muster/runtime/tokens'
import { newUuid } from '@muster/runtime/type-ids'
import { createTestDatabase } from '@muster/testkit'
import t, { type Test } from 'tap'
import { followLog } from '../src/follow-log.ts'
import type { FollowerTable } from '../src/follower-handler.ts'
import { testContext } from './support/task-context.ts'

const cause = { kind: 'system', id: 'test' } as const

async function openInstallation(t: Test) {
  const urls = await createTestDatabase(t)
  const database = openDatabase({ url: urls.databaseUrl })
  t.teardown(() => database.close())
  const hash = hashToken('pepper', generateToken('key'))
  await createOperatorKey({ migrationDatabaseUrl: urls.migrationDatabaseUrl, name: 'test', hash, hint: '' })
  const operator = await authenticateApiKey(database, hash)
  if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
  const addOrganization = async (name: string) => {
    const { organizationId } = await createOrganization(database, operator.right, { name })
    const scope = await chooseOrganization(database, operator.right, organizationId)
    if (scope === undefined) throw new Error('The organization is gone')
    return scope
  }
  return { database, addOrganization }
}

async function addFollowers(database: Database, scope: OrganizationScope, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newUuid())
  await transact(database, scope, cause, async (tx) => {
    for (const id of ids) await addFollower(tx, 'webhook', id, 'end')
  })
  return ids
}

function append(database: Database, scope: OrganizationScope, count: number): Promise<void> {
  const draft = { type: 'directory.activated', directoryId: null, subjectId: newUuid(), data: {} } as const
  return transact(database, scope, cause, async (tx) => tx.append(Array.from({ length: count }, () => draft)))
}

async function until(holds: () => boolean): Promise<boolean> {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline) {
    if (holds()) return true
    await delay(20)
  }
  return false
}

t.test('two pollers follow for many: each event once, in order, never two at one follower', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const organizations = [await addOrganization('A'), await addOrganization('B')] as const
  const ids = (await Promise.all(organizations.map((scope) => addFollowers(database, scope, 6)))).flat()
  const seen = new Map<string, number[]>(ids.map((id) => [id, []]))
  const working = new Set<string>()
  const crowds: string[] = []
  const mostAtOnce = { now: 0, ever: 0 }
  const failing = new Set(ids.slice(0, 1))
  const table: FollowerTable = {
    webhook: {
      run: async ({ database }, follower) => {
        mostAtOnce.ever = Math.max(mostAtOnce.ever, ++mostAtOnce.now)
        await advanceFollower(database, follower, async (tx, { after, followerId }) => {
          if (failing.has(followerId)) throw new Error('out of order')
          if (working.has(followerId)) crowds.push(followerId)
          working.add(followerId)
          const events = await listEvents(tx, {}, { after, limit: 7 })
          await delay(5)
          working.delete(followerId)
          seen.get(followerId)?.push(...events.map((event) => event.sequence))
          return events.at(-1)?.sequence ?? after
        }).finally(() => mostAtOnce.now--)
      },
    },
  }
  const pollers = [followLog(testContext(database), table), followLog(testContext(database), table)]
  for (const poller of pollers) poller.start()
  for (let round = 0; round < 10; round++) await Promise.all(organizations.map((scope) => append(database, scope, 3)))
  const [broken = '', ...sound] = ids
  const expected = Array.from({ length: 30 }, (_, index) => index + 1)
  t.ok(await until(() => sound.every((id) => seen.get(id)?.length === expected.length)))
  for (const id of sound) t.same(seen.get(id), expected)
  t.same(crowds, [])
  t.ok(mostAtOnce.ever <= 8, 'four a process at most')
  t.same(seen.get(broken), [], 'one that fails holds up nobody else')
  failing.clear()
  t.ok(await until(() => seen.get(broken)?.length === expected.length), 'and catches up when it works again')
  await Promise.all(pollers.map((poller) => poller.stop()))
})

t.test('a failing follower is left alone for longer and longer; stopping waits for who is at work', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization('A')
  await addFollowers(database, scope, 1)
  await append(database, scope, 1)
  const calls: number[] = []
  let ended = false
  const poller = followLog(testContext(database), {
    webhook: {
      run: async () => {
        calls.push(performance.now())
        if (calls.length < 4) throw new Error('not yet')
        await delay(300)
        ended = true
      },
    },
    tally: { restMilliseconds: 3_600_000, run: async () => undefined },
  })
  poller.start()
  t.ok(await until(() => calls.length === 4))
  const [first = 0, second = 0, third = 0, fourth = 0] = calls
  t.ok(second - first >= 250 && third - second >= 500 && fourth - third >= 1_000, 'twice as long each time')
  t.notOk(ended)
  await poller.stop()
  t.ok(ended)
  await delay(300)
  t.equal(calls.length, 4, 'nothing begins any more')
})

t.test('a kind that may lag is not looked at more often than it says', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization('A')
  await append(database, scope, 1)
  const calls = { often: 0, rarely: 0 }
  await addFollowers(database, scope, 1)
  await append(database, scope, 1)
  const poller = followLog(testContext(database), {
    webhook: { run: async () => void calls.often++ },
    tally: { restMilliseconds: 3_600_000, run: async () => void calls.rarely++ },
  })
  poller.start()
  t.ok(await until(() => calls.often >= 4))
  await poller.stop()
  t.equal(calls.rarely, 1)
})
