/**
 * What a gap-free sequence in commit order costs, by where the counter is taken. Decision 0003 quotes it.
 * Run: npm run bench -- event-sequence
 *
 * Each transaction writes one row of 1 KB and its event, from 16 connections, on a durable Postgres. The bare bigserial
 * is the yardstick: it has gaps and its order is not that of the commits.
 */
import { createHash, randomUUID } from 'node:crypto'
import pg from 'pg'
import { printTable, rate } from './support/measure.ts'
import { withScratchPostgres } from './support/scratch-postgres.ts'
import { withLatency } from './support/slow-network.ts'

const connections = 16
const secondsEach = 3
const document = JSON.stringify({ text: 'x'.repeat(1_000) })

const setup = `
  CREATE TABLE counters (organization_id uuid PRIMARY KEY, last bigint NOT NULL DEFAULT 0) WITH (fillfactor = 10);
  CREATE TABLE rows (organization_id uuid, id uuid, document jsonb, PRIMARY KEY (organization_id, id));
  CREATE TABLE events (organization_id uuid, sequence bigint, data json, PRIMARY KEY (organization_id, sequence));
  CREATE SEQUENCE bare;`

const insertRow = 'INSERT INTO rows VALUES ($1, $2, $3)'
const takeCounter = 'UPDATE counters SET last = last + 1 WHERE organization_id = $1 RETURNING last'
const insertEvent = 'INSERT INTO events VALUES ($1, $2, $3)'
const insertBare = "INSERT INTO events VALUES ($1, nextval('bare'), $2)"
const takeAndInsert = `WITH taken AS (${takeCounter}) INSERT INTO events SELECT $1, (SELECT last FROM taken), $2`
const oneStatement = `WITH taken AS (${takeCounter}), row AS (INSERT INTO rows VALUES ($1, $2, $3))
  INSERT INTO events SELECT $1, (SELECT last FROM taken), $3`
const manyRows = 'INSERT INTO rows SELECT $1, unnest($2::uuid[]), $3'
const manyEvents = `WITH taken AS (UPDATE counters SET last = last + $2::bigint WHERE organization_id = $1 RETURNING last - $2::bigint AS base)
  INSERT INTO events SELECT $1, (SELECT base FROM taken) + n, $3 FROM generate_series(1, $2::bigint) n`

type Write = (client: pg.Client, organizationId: string) => Promise<unknown>

const named = (text: string, values: unknown[]) => ({
  name: createHash('md5').update(text).digest('hex'),
  text,
  values,
})
const batch = 16

const variants: readonly { name: string; events: number; write: Write }[] = [
  {
    name: 'bigserial, no order (yardstick)',
    events: 1,
    write: (client, organization) =>
      Promise.all([
        client.query('BEGIN'),
        client.query(named(insertRow, [organization, randomUUID(), document])),
        client.query(named(insertBare, [organization, document])),
        client.query('COMMIT'),
      ]),
  },
  {
    name: 'counter first, a round trip each',
    events: 1,
    write: async (client, organization) => {
      await client.query('BEGIN')
      const { rows } = await client.query(named(takeCounter, [organization]))
      await client.query(named(insertRow, [organization, randomUUID(), document]))
      await client.query(named(insertEvent, [organization, rows[0].last, document]))
      await client.query('COMMIT')
    },
  },
  {
    name: 'counter last, a round trip each',
    events: 1,
    write: async (client, organization) => {
      await client.query('BEGIN')
      await client.query(named(insertRow, [organization, randomUUID(), document]))
      await client.query(named(takeAndInsert, [organization, document]))
      await client.query('COMMIT')
    },
  },
  {
    name: 'counter last, sent with COMMIT (ours)',
    events: 1,
    write: async (client, organization) => {
      await Promise.all([client.query('BEGIN'), client.query(named(insertRow, [organization, randomUUID(), document]))])
      await Promise.all([client.query(named(takeAndInsert, [organization, document])), client.query('COMMIT')])
    },
  },
  {
    name: 'one statement, implicit commit',
    events: 1,
    write: (client, organization) => client.query(named(oneStatement, [organization, randomUUID(), document])),
  },
  {
    name: `ours, ${batch} writes sharing a commit`,
    events: batch,
    write: async (client, organization) => {
      const ids = Array.from({ length: batch }, () => randomUUID())
      await Promise.all([client.query('BEGIN'), client.query(named(manyRows, [organization, ids, document]))])
      await Promise.all([client.query(named(manyEvents, [organization, batch, document])), client.query('COMMIT')])
    },
  },
]

async function compare(connectionString: string, heading: string): Promise<void> {
  const clients = Array.from(
    { length: connections },
    () => new pg.Client({ connectionString, pipeline: true } as never),
  )
  for (const client of clients) client.on('error', () => undefined)
  await Promise.all(clients.map((client) => client.connect()))
  const [first] = clients
  if (first === undefined) return
  const table: string[][] = [[heading, 'one organization', '', '200 organizations', '']]
  const yardsticks: number[] = []
  for (const { name, events, write } of variants) {
    const row = [name]
    for (const [column, organizations] of [1, 200].entries()) {
      await first.query('TRUNCATE counters, rows, events')
      const ids = Array.from({ length: organizations }, () => randomUUID())
      await first.query('INSERT INTO counters (organization_id) SELECT unnest($1::uuid[])', [ids])
      const perSecond = await rate(connections, secondsEach, (worker, turn) => {
        const client = clients[worker]
        const organization = ids[(worker + turn * connections) % organizations]
        return client && organization ? write(client, organization) : Promise.resolve()
      })
      const eventsPerSecond = perSecond * events
      yardsticks[column] ??= eventsPerSecond
      row.push(
        `${Math.round(eventsPerSecond)}/s`,
        `${Math.round((100 * eventsPerSecond) / (yardsticks[column] ?? 1))} %`,
      )
    }
    table.push(row)
  }
  printTable(table)
  await Promise.all(clients.map((client) => client.end()))
}

await withScratchPostgres(async (url) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(setup)
  await client.end()
  await compare(url, 'on loopback')
  await withLatency(url, 1, (far) => compare(far, 'over a network of 1 ms each way'))
})
