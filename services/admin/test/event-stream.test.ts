import { setTimeout as delay } from 'node:timers/promises'
import { openDatabase, transact } from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { times } from '@muster/testkit/effort'
import t from 'tap'
import { addOrganization, startInstallation } from './support/installation.ts'
import { listen, messagesOf, superuserOf } from './support/stream.ts'

const writerCount = 8
const writesPerWriter = times(60, 1_000)

t.test(
  'eight writers, rollbacks and killed backends: a stream that resumes shows every event once, in order',
  async (t) => {
    const installation = await startInstallation(t)
    const acme = await addOrganization(installation, 'Acme')
    const scope = await installation.scopeOf(acme.id)
    const superuser = await superuserOf(t, installation)
    const open = await listen(installation)
    const writing = openDatabase({ url: installation.superuserUrl, connectionsMax: writerCount })
    t.teardown(() => writing.close())
    let acknowledged = 0
    let refused = 0
    const write = async (count: number) => {
      const events = Array.from(
        { length: count },
        () => ({ type: 'directory.activated', directoryId: null, subjectId: newUuid(), data: {} }) as const,
      )
      try {
        await transact(writing, scope, { kind: 'system', id: 'test' }, async (tx) => {
          tx.append(events)
          if (count === 3) throw new Error('changed its mind')
        })
        acknowledged += count
      } catch {
        refused++
      }
    }
    const seen: number[] = []
    let streams = 0
    let stopped = false
    const reading = (async () => {
      while (!stopped) {
        const after = String(seen.at(-1) ?? 0)
        const stream = await open(acme.viewer, '/api/events/stream', { 'last-event-id': after }).catch(() => undefined)
        if (stream?.status !== 200) continue
        streams++
        // A stream breaks off when the process loses its database, and whenever the client likes.
        const hangUp = setTimeout(() => stream.end(), 300)
        try {
          for await (const { id } of messagesOf(stream)) if (id !== undefined) seen.push(Number(id))
        } catch {
          // Broken off.
        } finally {
          clearTimeout(hangUp)
        }
      }
    })()
    let killed = 0
    const killing = (async () => {
      while (!stopped) {
        await delay(25)
        const { rowCount } =
          await superuser.query(`SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'muster' ORDER BY random() LIMIT 1) chosen`)
        killed += rowCount ?? 0
      }
    })()
    await Promise.all(
      Array.from({ length: writerCount }, async (_, writer) => {
        for (let number = 0; number < writesPerWriter; number++) await write(1 + ((writer + number) % 3))
      }),
    )
    const { rows } = await superuser.query('SELECT last_sequence FROM event_sequences WHERE organization_id = $1', [
      scope.organizationId,
    ])
    const last = Number(rows[0]?.last_sequence)
    const deadline = Date.now() + 20_000
    while (seen.at(-1) !== last && Date.now() < deadline) await delay(20)
    stopped = true
    await Promise.all([reading, killing])
    t.comment(`${last} events over ${streams} streams; ${refused} writes failed; ${killed} connections killed`)
    t.ok(acknowledged > 0 && refused > 0 && killed > 0 && streams > 1, 'all of it happened')
    t.ok(last >= acknowledged, 'what was acknowledged is in the log')
    t.same(
      seen,
      Array.from({ length: last }, (_, index) => index + 1),
    )
  },
)
