import { setTimeout as delay } from 'node:timers/promises'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import { times } from '@muster/testkit/effort'
import t from 'tap'
import {
  createDirectory,
  type Database,
  deleteDirectory,
  type EventView,
  listDirectories,
  listEvents,
  type OrganizationScope,
  read,
  type Transaction,
  transact,
} from '../src/index.ts'
import { addDirectory, cause } from './support/directory.ts'
import { untilWaiting } from './support/gate.ts'
import { connect, killOne, openInstallation, openTestPool } from './support/installation.ts'
import { eventsOf } from './support/reading.ts'

const writerCount = 8
const writesPerWriter = times(60, 1_000)

/** Appends `count` events that say who wrote them and in which order. */
function append(tx: Transaction, writer: number, write: number, count: number): void {
  for (let part = 0; part < count; part++) {
    const data = { writer, write, part, count }
    tx.append([{ type: 'directory.activated', directoryId: null, subjectId: newUuid(), data }])
  }
}

/** Follows the log by its cursor as a consumer does, until told to stop and at the end; outages are sat out. */
function tail(database: Database, scope: OrganizationScope) {
  const seen: EventView[] = []
  const jumps: string[] = []
  let stopped = false
  const step = async () => {
    const after = seen.at(-1)?.sequence ?? 0
    const page = await read(database, scope, (reader) => listEvents(reader, {}, { after, limit: 50 }))
    for (const event of page) {
      const expected = (seen.at(-1)?.sequence ?? 0) + 1
      if (event.sequence !== expected) jumps.push(`${event.sequence} where ${expected} was due`)
      seen.push(event)
    }
    return page.length
  }
  const following = (async () => {
    for (;;) {
      const last = stopped
      const count = await step().catch(() => 1)
      if (last && count === 0) return
    }
  })()
  return {
    finish: async () => {
      stopped = true
      await following
      return { seen, jumps }
    },
  }
}

t.test('eight writers, rollbacks and killed backends: no gap, nothing late, nothing acknowledged lost', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t, { connectionsMax: writerCount })
  const scope = await addOrganization()
  const superuser = await connect(t, testDatabase.superuserUrl)
  const reader = tail(openTestPool(t, testDatabase.databaseUrl, 1), scope)
  const acknowledged: string[] = []
  const refused: string[] = []
  let unclear = 0
  const write = async (writer: number, number: number) => {
    const count = 1 + ((writer + number) % 3)
    const fails = (writer * 7 + number) % 5 === 0
    try {
      await transact(database, scope, cause, async (tx) => {
        append(tx, writer, number, count)
        await createDirectory(tx, { name: `${writer}-${number}`, type: 'SCIM', scimProfile: 'compatible' })
        if (fails) throw new Error('changed its mind')
      })
      acknowledged.push(`${writer}-${number}`)
    } catch (error) {
      if (error instanceof Error && error.message === 'changed its mind') refused.push(`${writer}-${number}`)
      else unclear++
    }
  }
  let writing = true
  const killing = (async () => {
    while (writing) {
      await delay(20)
      await killOne(superuser)
    }
  })()
  await Promise.all(
    Array.from({ length: writerCount }, async (_, writer) => {
      for (let number = 0; number < writesPerWriter; number++) await write(writer, number)
    }),
  )
  writing = false
  await killing
  const { seen, jumps } = await reader.finish()
  // Of the writers' pool any connection may be dead without having been noticed.
  const fresh = openTestPool(t, testDatabase.databaseUrl, 1)
  t.comment(`${acknowledged.length} acknowledged, ${refused.length} rolled back, ${unclear} cut off`)
  t.ok(acknowledged.length > 0 && refused.length > 0 && unclear > 0, 'all three happened')
  t.same(jumps, [], 'the reader saw one number after the other')
  t.same(
    seen.map((event) => event.id),
    (await eventsOf(fresh, scope)).map((event) => event.id),
    'and at the end everything there is',
  )
  const told = new Map<string, number[]>()
  for (const { data } of seen) {
    const key = `${data.writer}-${data.write}`
    told.set(key, [...(told.get(key) ?? []), Number(data.part)])
  }
  t.ok(
    acknowledged.every((key) => told.has(key)),
    'no acknowledged write is without its events',
  )
  t.notOk(
    refused.some((key) => told.has(key)),
    'none that was rolled back has any',
  )
  const torn = [...told].filter(([, parts]) => parts.some((part, index) => part !== index))
  t.same(torn, [], 'the events of one transaction stand together, in its order')
  const directories = await read(fresh, scope, (r) => listDirectories(r, { after: undefined, limit: 10_000 }))
  t.same(new Set(directories.map((directory) => directory.name)), new Set(told.keys()), 'state and events agree')
  const times = seen.map((event) => event.timestamp.getTime())
  t.same(
    times,
    times.toSorted((a, b) => a - b),
    'time does not run backwards along the log',
  )
})

t.test('organizations do not wait for each other', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t)
  const [busy, free] = [await addOrganization('Busy'), await addOrganization('Free')]
  const superuser = await connect(t, testDatabase.superuserUrl)
  const holder = await connect(t, testDatabase.superuserUrl)
  await holder.query('BEGIN')
  await holder.query('SELECT FROM event_sequences WHERE organization_id = $1 FOR UPDATE', [busy.organizationId])
  const write = (scope: OrganizationScope) => transact(database, scope, cause, async (tx) => append(tx, 0, 0, 1))
  const waiting = write(busy)
  await untilWaiting(superuser, 1)
  await write(free)
  t.equal((await eventsOf(database, free)).length, 1)
  t.equal((await eventsOf(database, busy)).length, 0)
  await holder.query('COMMIT')
  await waiting
  t.equal((await eventsOf(database, busy)).length, 1)
})

t.test('an event as it is handed out', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  const directory = await addDirectory(database, scope)
  const by = { kind: 'scim', id: 'request-1' } as const
  const first = await transact(database, scope, by, async (tx) => {
    append(tx, 1, 1, 3)
    await deleteDirectory(tx, directory.directoryId)
  }).then(() => eventsOf(database, scope))
  t.same(
    first.map((event) => [event.sequence, event.type]),
    [
      [1, 'directory.activated'],
      [2, 'directory.activated'],
      [3, 'directory.activated'],
      [4, 'directory.deleted'],
    ],
  )
  t.match(first[3], {
    cause: by,
    directoryId: directory.typeId,
    organizationId: toTypeId('organization', scope.organizationId),
  })
  const organization = { id: toTypeId('organization', scope.organizationId), name: 'Acme', adminEmail: null }
  t.same(first[3]?.data, { directory: { id: directory.typeId, name: 'Directory', type: 'SCIM', organization } })
  const list = (query: Parameters<typeof listEvents>[1], after = 0) =>
    read(database, scope, (reader) => listEvents(reader, query, { after, limit: 2 }))
  t.same(
    (await list({}, 2)).map((event) => event.sequence),
    [3, 4],
  )
  t.same(
    (await list({ types: ['directory.deleted'] })).map((event) => event.sequence),
    [4],
  )
  t.same(
    (await list({ directoryId: directory.directoryId })).map((event) => event.sequence),
    [4],
  )
  t.same(await list({ types: [] }), [], 'no type is no event')
})

t.test('events that cannot be written take everything with them', async (t) => {
  const { database, addOrganization, testDatabase } = await openInstallation(t, { connectionsMax: 1 })
  const scope = await addOrganization()
  const superuser = await connect(t, testDatabase.superuserUrl)
  const write = (subjectId: string) =>
    transact(database, scope, cause, async (tx) => {
      await createDirectory(tx, { name: 'Half', type: 'SCIM', scimProfile: 'compatible' })
      tx.append([{ type: 'directory.activated', directoryId: null, subjectId, data: {} }])
    })
  const remains = async () => (await superuser.query('SELECT FROM directories')).rowCount
  await t.rejects(write('no id'), 'an event that Postgres refuses')
  t.equal(await remains(), 0)
  await superuser.query('DELETE FROM event_sequences')
  await t.rejects(write(newUuid()), 'an organization without a counter')
  t.equal(await remains(), 0)
  t.same(await eventsOf(database, scope), [], 'and the one connection goes on working')
  await superuser.query('INSERT INTO event_sequences (organization_id) VALUES ($1)', [scope.organizationId])
  await write(newUuid())
  t.same(
    (await eventsOf(database, scope)).map((event) => event.sequence),
    [1],
  )
})

t.test('a transaction that lost a race runs again and tells once', async (t) => {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization()
  let runs = 0
  await transact(database, scope, cause, async (tx) => {
    append(tx, 0, ++runs, 1)
    if (runs < 3) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
  })
  const events = await eventsOf(database, scope)
  t.same(
    events.map((event) => event.data.write),
    [3],
  )
  const never = transact(database, scope, cause, async () => {
    throw Object.assign(new Error('could not serialize'), { code: '40001' })
  })
  await t.rejects(never, { code: 'unavailable' }, 'four times at most')
})
