/**
 * What it costs that somebody follows the event log: a NOTIFY in every write, against looking at the counters.
 * Decision 0014 quotes it. Run: npm run bench -- following-the-log
 *
 * Each transaction takes one number and writes one event, from 16 connections over 200 organizations, on a durable
 * Postgres. The look is the statement of `listBehind`, without policies.
 */
import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { printTable, rate } from './support/measure.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'

const connections = 16
const secondsEach = 3
const rounds = 3
const organizations = 200

const setup = `
  CREATE TABLE event_sequences (organization_id uuid PRIMARY KEY, last_sequence bigint NOT NULL DEFAULT 0) WITH (fillfactor = 10);
  CREATE TABLE events (organization_id uuid, sequence bigint, data json, PRIMARY KEY (organization_id, sequence));
  CREATE TABLE followers (kind text, organization_id uuid, follower_id uuid, sequence bigint,
    PRIMARY KEY (kind, organization_id, follower_id));`

const append = `WITH taken AS (
    UPDATE event_sequences SET last_sequence = last_sequence + 1 WHERE organization_id = $1 RETURNING last_sequence)
  INSERT INTO events SELECT $1, (SELECT last_sequence FROM taken), $2`
const look = `SELECT f.kind, f.organization_id, f.follower_id FROM followers f
  CROSS JOIN LATERAL (SELECT last_sequence FROM event_sequences WHERE organization_id = f.organization_id OFFSET 0) log
  WHERE f.kind = ANY('{webhook,after_create,tally}') AND log.last_sequence > f.sequence ORDER BY random() LIMIT 1000`
const event = JSON.stringify({ text: 'x'.repeat(1_000) })

async function compareWrites(clients: readonly pg.Client[], ids: readonly string[]): Promise<void> {
  const write = (word: string) =>
    rate(connections, secondsEach, async (worker, turn) => {
      const [client, id] = [clients[worker], ids[(worker + turn * connections) % ids.length]]
      await Promise.all([
        client?.query('BEGIN'),
        client?.query({ name: 'append', text: append, values: [id, event] }),
        ...(word === '' ? [] : [client?.query(`${word} muster, '${id}'`)]),
        client?.query('COMMIT'),
      ])
    })
  const table = [['writes a second', ...Array.from({ length: rounds }, (_, round) => `round ${round + 1}`)]]
  const [without, withNotify]: [string[], string[]] = [['without NOTIFY'], ['with NOTIFY']]
  for (let round = 0; round < rounds; round++) {
    const yardstick = await write('')
    const notified = await write('NOTIFY')
    without.push(`${Math.round(yardstick)}`)
    withNotify.push(`${Math.round((100 * notified) / yardstick)} %`)
  }
  printTable([...table, without, withNotify])
}

async function measureLooks(client: pg.Client, ids: readonly string[]): Promise<void> {
  await client.query('SET enable_seqscan = off')
  const table = [['followers', 'one look']]
  for (const count of [100, 1_000, 10_000]) {
    await client.query('TRUNCATE followers')
    await client.query(
      `INSERT INTO followers SELECT 'webhook', ($1::uuid[])[1 + n % ${ids.length}], gen_random_uuid(), 1e12 FROM generate_series(1, $2) n`,
      [ids, count],
    )
    await client.query('VACUUM ANALYZE followers, event_sequences')
    const perSecond = await rate(1, 2, () => client.query({ name: 'look', text: look }))
    table.push([String(count), `${(1_000 / perSecond).toFixed(1)} ms`])
  }
  printTable(table)
}

await withScratchPostgres(async (connectionString) => {
  const clients = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString, pipeline: true } as never),
  )
  await Promise.all(clients.map((client) => client.connect()))
  const [first] = clients
  if (first === undefined) return
  await first.query(setup)
  const ids = Array.from({ length: organizations }, () => randomUUID())
  await first.query('INSERT INTO event_sequences (organization_id) SELECT unnest($1::uuid[])', [ids])
  await compareWrites(clients, ids)
  await measureLooks(first, ids)
  await Promise.all(clients.map((client) => client.end()))
})
