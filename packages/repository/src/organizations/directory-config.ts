import { MusterError } from '@muster/runtime/errors'
import { openSecret, type SecretPlace, sealSecret } from '@muster/runtime/secret-box'
import { sql } from 'kysely'
import { appendAudit } from '../audit/append.ts'
import type { Reader } from '../database/read.ts'
import type { Transaction } from '../database/transaction.ts'
import { remakeChannel } from '../notifications/change-channel.ts'
import { callOffRun, stopWrites } from '../syncs/call-off-run.ts'
import { makeDue } from '../syncs/due-time.ts'
import { currentDataKey, listDataKeys, type RootKeys } from './data-keys.ts'
import type { ShownConfig } from './directory.ts'

type Config = Record<string, unknown>

/** What is to be known of a kind of configuration, without knowing the kind. */
export interface ConfigKind {
  /** The fields that may be shown. Every other one is a secret. */
  shownFields: readonly string[]
  /** The fields that decide where the secrets are sent to. */
  destinationFields: readonly string[]
  /** @throws MusterError `invalidValue` when a configuration cannot be one */
  assertValid(config: Config): void
}

/**
 * Seals a connector's configuration into its directory. Of its fields only those named may be shown. False when there is
 * no such directory.
 */
export async function sealDirectoryConfig(
  tx: Transaction,
  rootKeys: RootKeys,
  directoryId: string,
  config: Config,
  shownFields: readonly string[] = [],
): Promise<boolean> {
  const key = await currentDataKey(tx, rootKeys)
  const sealed = sealSecret(key, placeOf(tx, directoryId), Buffer.from(JSON.stringify(config)))
  const { numUpdatedRows } = await tx.db
    .updateTable('directories')
    .set({ sealed_config: sealed, config: JSON.stringify(showConfig(config, shownFields)), updated_at: new Date() })
    .where('organization_id', '=', tx.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Opens a directory's configuration; undefined when it has none. Throws SecretBoxError when it cannot be opened. */
export async function openDirectoryConfig(
  reader: Reader,
  rootKeys: RootKeys,
  directoryId: string,
): Promise<Config | undefined> {
  const row = await reader.db
    .selectFrom('directories')
    .select('sealed_config')
    .where('organization_id', '=', reader.organizationId)
    .where('directory_id', '=', directoryId)
    .executeTakeFirst()
  if (row?.sealed_config == null) return undefined
  const keys = await listDataKeys(reader, rootKeys)
  return JSON.parse(openSecret(keys, placeOf(reader, directoryId), row.sealed_config).toString('utf8'))
}

/**
 * Changes single fields: null removes one, those that are not named stay. A run under way is called off, and everything is
 * read anew, at once: what was read so far may be of another source, and so may be what the source was asked to tell. False when there is no such directory.
 * @throws MusterError `invalidValue` when the outcome is none of its kind, or points secrets at another place without
 *   naming them anew
 */
export async function changeDirectoryConfig(
  tx: Transaction,
  rootKeys: RootKeys,
  { directoryId, changes }: { directoryId: string; changes: Config },
  kind: ConfigKind,
): Promise<boolean> {
  await stopWrites(tx, directoryId)
  const before = (await openDirectoryConfig(tx, rootKeys, directoryId)) ?? {}
  const after = Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== null))
  assertSecretsAnew(before, after, changes, kind)
  kind.assertValid(after)
  if (!(await sealDirectoryConfig(tx, rootKeys, directoryId, after, kind.shownFields))) return false
  await callOffRun(tx, directoryId, ['sync', 'plan'])
  await readAnew(tx, directoryId)
  await remakeChannel(tx, directoryId)
  appendAudit(tx, { action: 'directory.configure', target: directoryId, detail: { changed: Object.keys(changes) } })
  return true
}

/** Nobody gets at a secret by having it sent to a host of their own. */
function assertSecretsAnew(before: Config, after: Config, changes: Config, kind: ConfigKind): void {
  const isSame = (name: string) => JSON.stringify(before[name]) === JSON.stringify(after[name])
  if (kind.destinationFields.every(isSame)) return
  const { secrets } = showConfig(after, kind.shownFields)
  const missing = secrets.filter((name) => before[name] !== undefined && changes[name] === undefined)
  if (missing.length === 0) return
  throw new MusterError(
    'invalidValue',
    `With another destination, secrets must be given anew: ${missing.map((name) => `body.config.${name}`).join(', ')}.`,
  )
}

async function readAnew(tx: Transaction, directoryId: string): Promise<void> {
  const { rows } = await sql<{ status: string }>`
    UPDATE directory_syncs s SET checkpoint = NULL, poked_at = NULL FROM directories d
    WHERE s.organization_id = ${tx.organizationId} AND s.directory_id = ${directoryId}
      AND d.organization_id = s.organization_id AND d.directory_id = s.directory_id
    RETURNING d.status`.execute(tx.db)
  if (rows[0] !== undefined && rows[0].status !== 'PAUSED') await makeDue(tx, directoryId)
}

function showConfig(config: Config, shownFields: readonly string[]): ShownConfig {
  const isShown = ([name]: [string, unknown]) => shownFields.includes(name)
  const entries = Object.entries(config)
  return {
    fields: Object.fromEntries(entries.filter(isShown)),
    secrets: entries.filter((entry) => !isShown(entry)).map(([name]) => name),
  }
}

function placeOf(reader: { organizationId: string }, directoryId: string): SecretPlace {
  return { organizationId: reader.organizationId, ownerId: directoryId, column: 'directories.sealed_config' }
}
