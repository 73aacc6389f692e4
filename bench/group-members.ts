/**
 * PATCH of one member over HTTP in groups of 0 to 100,000 members, in turns, one request at a time (budget W5: the median
 * at most 3 ms, and in the largest group at most 1.3 times that of an empty one); then 10,000 members in one PATCH.
 * Run: make bench BENCH=group-members
 */
import pg from 'pg'
import { fillDirectory, idOf } from './support/fill-directory.ts'
import { printTable } from './support/measure.ts'
import { withOneDirectory } from './support/one-directory.ts'
import { freePort, startServer, stopServer } from './support/processes.ts'
import type { DirectoryAccess } from './support/scim-directories.ts'

const sizes = [0, 1_000, 10_000, 100_000]
const userCount = 110_200
const rounds = 200
const manyMembers = 10_000
const pepper = 'p'.repeat(32)
const root = new URL('..', import.meta.url).pathname

type Patch = (groupId: string, operation: object) => Promise<number>

/** Sends PATCHes over one connection; answers with the milliseconds each took. */
function patcher(url: string, { path, token }: DirectoryAccess): Patch {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' }
  return async (groupId, operation) => {
    const body = JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [operation],
    })
    const started = performance.now()
    const answer = await fetch(`${url}${path}/Groups/${groupId}`, { method: 'PATCH', headers, body })
    await answer.arrayBuffer()
    if (answer.status !== 204) throw new Error(`PATCH answered ${answer.status}`)
    return performance.now() - started
  }
}

const add = (numbers: readonly number[]) => ({
  op: 'add',
  path: 'members',
  value: numbers.map((n) => ({ value: idOf(n) })),
})
const remove = (n: number) => ({ op: 'remove', path: `members[value eq "${idOf(n)}"]` })

function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Makes a group of each size by SQL; answers with their ids. */
async function makeGroups(superuserUrl: string, place: { organizationId: string; directoryId: string }) {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  const key = `'${place.organizationId}'::uuid, '${place.directoryId}'::uuid`
  try {
    const ids = sizes.map(() => crypto.randomUUID())
    for (const [at, size] of sizes.entries()) {
      const name = `group of ${size}`
      await client.query(`SET session_replication_role = 'replica';
        INSERT INTO directory_groups (organization_id, directory_id, directory_group_id, display_name, display_name_key,
          unique_name, resource) VALUES (${key}, '${ids[at]}', '${name}', '${name}', true, '{"displayName": "${name}"}');
        INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
          SELECT ${key}, '${ids[at]}', directory_user_id FROM directory_users ORDER BY directory_user_id LIMIT ${size};
        INSERT INTO groups (organization_id, group_id, directory_id, name, name_key)
          VALUES ('${place.organizationId}', '${ids[at]}', '${place.directoryId}', '${name}', '${name}');
        INSERT INTO user_groups (organization_id, user_id, group_id, directory_id)
          SELECT m.organization_id, m.directory_user_id, m.directory_group_id, m.directory_id
          FROM memberships m JOIN users u ON u.user_id = m.directory_user_id
          WHERE m.directory_group_id = '${ids[at]}' AND u.state = 'active'`)
    }
    await client.query('VACUUM ANALYZE')
    return ids
  } finally {
    await client.end()
  }
}

await withOneDirectory(pepper, async ({ databaseUrl, superuserUrl, access, scope, directoryId }) => {
  const place = { organizationId: scope.organizationId, directoryId }
  await fillDirectory(superuserUrl, place, userCount)
  const groups = await makeGroups(superuserUrl, place)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const settings = {
    DATABASE_URL: databaseUrl,
    SCIM_PORT: String(port),
    MUSTER_TOKEN_PEPPER: pepper,
    LOG_LEVEL: 'warn',
  }
  const service = await startServer(`${root}services/scim/src/main.ts`, settings, `${url}/healthz`)
  try {
    const patch = patcher(url, access)
    const times = sizes.map(() => ({ add: [] as number[], remove: [] as number[] }))
    for (let round = -20; round < rounds; round++) {
      for (const [at, group] of groups.entries()) {
        // None of the largest group's members.
        const newcomer = 100_101 + Math.abs(round % 40)
        const added = await patch(group, add([newcomer]))
        const removed = await patch(group, remove(newcomer))
        // The first rounds only warm up.
        if (round >= 0) times[at]?.add.push(added)
        if (round >= 0) times[at]?.remove.push(removed)
      }
    }
    const empty = { add: median(times[0]?.add ?? []), remove: median(times[0]?.remove ?? []) }
    printTable([
      ['members', 'add one (p50)', 'of an empty group', 'remove one (p50)', 'of an empty group'],
      ...sizes.map((size, at) => {
        const own = { add: median(times[at]?.add ?? []), remove: median(times[at]?.remove ?? []) }
        const share = (kind: 'add' | 'remove') => `${(own[kind] / empty[kind]).toFixed(2)}`
        return [String(size), `${own.add.toFixed(2)} ms`, share('add'), `${own.remove.toFixed(2)} ms`, share('remove')]
      }),
    ])
    const many = Array.from({ length: manyMembers }, (_, n) => n + 1 + Math.floor(n / 49))
    const took = await patch(groups[0] ?? '', add(many))
    process.stdout.write(`${manyMembers} members by one PATCH: ${Math.round(took)} ms\n`)
  } finally {
    await stopServer(service)
  }
})
