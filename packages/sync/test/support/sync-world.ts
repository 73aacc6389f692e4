import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectorType } from '@muster/connectors'
import {
  type ClaimedRun,
  claimRun,
  createDirectory,
  type Database,
  listEvents,
  type OrganizationScope,
  type RunRequest,
  read,
  requestRun,
  transact,
} from '@muster/repository'
import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { createScriptedSource, type ScriptedSource, type SourceSettings } from '@muster/testkit/scripted-source'
import pg from 'pg'
import type { Test } from 'tap'
import { openInstallation } from '../../../repository/test/support/installation.ts'
import { type OpenConnector, runSync } from '../../src/index.ts'
import type { ReadingLimits } from '../../src/reading-limits.ts'

export const cause = { kind: 'system', id: 'test' } as const
export const logger = createLogger({ service: 'sync', level: 'silent' })
const outbound = createOutbound({ allowedHosts: [] })

export interface SyncWorld {
  database: Database
  /** Sees everything. */
  superuser: pg.Pool
  /** A directory that is read from a scripted source, in an organization of its own, without a guard. */
  addDirectory(settings?: Partial<SourceSettings>): Promise<ScriptedDirectory>
  /** The same of any type, and read from wherever `open` leads. */
  addDirectoryOf(type: ConnectorType, open: OpenConnector): Promise<SyncedDirectory>
}

export interface ScriptedDirectory extends SyncedDirectory {
  source: ScriptedSource
}

export interface SyncedDirectory {
  organizationId: string
  directoryId: string
  scope: OrganizationScope
  open: OpenConnector
  /** Makes it due now; the next scheduled run reads all or what has changed. */
  makeDue(scan?: 'full'): Promise<void>
  claim(leaseSeconds?: number): Promise<ClaimedRun>
  /** Somebody asks for a run. */
  request(request?: Partial<RunRequest>): Promise<void>
  /** Makes it due, and works on its run once. */
  sync(options?: SyncOnce): Promise<Awaited<ReturnType<typeof runSync>>>
  run(): Promise<Record<string, unknown>>
  row(): Promise<Record<string, unknown>>
  events(type: string): Promise<Record<string, unknown>[]>
  /** Directory layer and people, to the last byte: the same only when nobody has written anything. */
  exactState(): Promise<string>
  /** What the source's users and groups have become, without ids: comparable between organizations. */
  meaning(): Promise<unknown>
}

export interface SyncOnce {
  scan?: 'full'
  limits?: ReadingLimits
  signal?: AbortSignal
  claimed?: ClaimedRun
  leaseSeconds?: number
  open?: OpenConnector
}

export async function openSyncWorld(t: Test): Promise<SyncWorld> {
  const { testDatabase, database, addOrganization } = await openInstallation(t, { connectionsMax: 20 })
  const superuser = new pg.Pool({ connectionString: testDatabase.superuserUrl, max: 4 })
  t.teardown(() => superuser.end())
  const addDirectoryOf: SyncWorld['addDirectoryOf'] = async (type, open) => {
    const scope = await addOrganization()
    const { directoryId } = await transact(database, scope, cause, (tx) =>
      createDirectory(tx, { name: type, type, scimProfile: 'strict' }),
    )
    return syncedDirectory({ database, superuser, scope, directoryId, open })
  }
  return {
    database,
    superuser,
    addDirectoryOf,
    async addDirectory(settings = {}) {
      const source = createScriptedSource(settings)
      const open: OpenConnector = async (reading) => source.connector({ outbound, logger, ...reading })
      return { source, ...(await addDirectoryOf('LDAP', open)) }
    },
  }
}

interface Parts {
  database: Database
  superuser: pg.Pool
  scope: OrganizationScope
  directoryId: string
  open: OpenConnector
}

function syncedDirectory({ database, superuser, scope, directoryId, open }: Parts): SyncedDirectory {
  const { organizationId } = scope
  const one = async (text: string) => (await superuser.query(text, [directoryId])).rows[0] ?? {}
  const makeDue: SyncedDirectory['makeDue'] = async (scan) => {
    await one('UPDATE sync_routes SET due_at = now() WHERE directory_id = $1')
    if (scan === 'full') await one('UPDATE directory_syncs SET full_scan_at = NULL WHERE directory_id = $1')
  }
  const claim: SyncedDirectory['claim'] = async (leaseSeconds = 30) => {
    const claimed = await claimRun(database, { organizationId, directoryId }, { leaseSeconds })
    if (claimed === undefined) throw new Error('There is nothing to claim')
    return claimed
  }
  return {
    organizationId,
    directoryId,
    scope,
    open,
    makeDue,
    claim,
    async sync({ scan, limits, signal = new AbortController().signal, ...given } = {}) {
      if (given.claimed === undefined) await makeDue(scan)
      const claimed = given.claimed ?? (await claim())
      const work = {
        database,
        claimed,
        leaseSeconds: given.leaseSeconds ?? 30,
        open: given.open ?? open,
        logger,
        signal,
      }
      return runSync({ ...work, ...(limits && { limits }) })
    },
    request: async (request = {}) => {
      await transact(database, scope, cause, (tx) =>
        requestRun(tx, directoryId, { purpose: 'sync', occasion: 'manual', ...request }),
      )
    },
    run: () => one('SELECT * FROM sync_runs WHERE directory_id = $1 ORDER BY run_id DESC LIMIT 1'),
    row: () =>
      one(`SELECT s.*, r.due_at, d.status, d.error_message FROM directory_syncs s JOIN sync_routes r USING (directory_id)
        JOIN directories d USING (directory_id) WHERE directory_id = $1`),
    events: (type) =>
      read(database, scope, (reader) =>
        listEvents(reader, { types: [type] } as never, { after: 0, limit: 1_000 }),
      ).then((events) => events as unknown as Record<string, unknown>[]),
    exactState: async () => String((await superuser.query(exactState, [organizationId])).rows[0]?.state),
    meaning: async () => (await superuser.query(meaning, [organizationId])).rows[0],
  }
}

const layers = ['directory_users', 'directory_groups', 'memberships', 'users', 'user_links', 'user_groups', 'groups']

const exactState = `SELECT ${layers
  .map(
    (table) =>
      `(SELECT COALESCE(string_agg(x::text, '\n' ORDER BY x::text), '') FROM ${table} x WHERE organization_id = $1)`,
  )
  .join(` || '\n\n' || `)} AS state`

const meaning = `SELECT
  (SELECT json_agg(json_build_object('name', user_name_key, 'active', active, 'document', resource) ORDER BY user_name_key)
    FROM directory_users WHERE organization_id = $1) AS "directoryUsers",
  (SELECT json_agg(display_name ORDER BY display_name) FROM directory_groups WHERE organization_id = $1) AS groups,
  (SELECT json_agg(g.display_name || ' > ' || COALESCE(u.user_name_key, c.display_name)
      ORDER BY g.display_name, u.user_name_key, c.display_name)
    FROM memberships m JOIN directory_groups g USING (directory_group_id)
    LEFT JOIN directory_users u ON u.directory_user_id = m.directory_user_id
    LEFT JOIN directory_groups c ON c.directory_group_id = m.child_group_id
    WHERE m.organization_id = $1) AS memberships,
  (SELECT json_agg(json_build_object('email', email_key, 'state', state) ORDER BY email_key)
    FROM users WHERE organization_id = $1) AS people,
  (SELECT json_agg(g.name || ' > ' || u.email_key ORDER BY g.name, u.email_key)
    FROM user_groups m JOIN users u USING (user_id) JOIN groups g ON g.group_id = m.group_id
    WHERE m.organization_id = $1) AS "peopleInGroups"`

/** So many users, and groups of which each holds every other user. */
export function fillSource(source: ScriptedSource, counts: { users: number; groups: number }): void {
  const ids = Array.from({ length: counts.users }, (_, index) => `u${String(index).padStart(3, '0')}`)
  source.users.set(
    ...ids.map((id) => ({ id, userName: `${id}@acme.test`, displayName: id, attributes: { mail: `${id}@acme.test` } })),
  )
  source.groups.set(
    ...Array.from({ length: counts.groups }, (_, index) => ({
      id: `g${index}`,
      name: `Group ${index}`,
      members: ids.filter((_id, place) => place % 2 === index % 2).map((id) => ({ id })),
    })),
  )
}

/** Waits for something to become true; a machine may be slow. */
export async function until(t: Test, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`In vain: ${what}`)
    await delay(20)
  }
  t.ok(true, what)
}
