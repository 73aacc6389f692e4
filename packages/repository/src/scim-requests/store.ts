import type { Cause } from '@muster/events'
import { sql } from 'kysely'
import type { Database } from '../database/database.ts'
import { type OrganizationScope, scopeTo } from '../database/organization-scope.ts'
import { pipelined } from '../database/pipelined.ts'
import { readRoutes } from '../database/read.ts'
import { send } from '../database/send.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { pruneDirectory } from './prune.ts'
import { arrivalOf } from './request-id.ts'

/** One SCIM request and its answer, masked already: nothing here is looked at again. */
export interface ScimRequestDraft {
  /** A UUIDv7: it says when the request arrived. */
  requestId: string
  directoryId: string
  durationMs: number
  method: string
  path: string
  /** JSON text, as are the bodies; null when there is none. */
  query: string | null
  status: number
  scimType: string | null
  detail: string | null
  userAgent: string | null
  requestMediaType: string | null
  requestBytes: number | null
  requestBody: string | null
  requestTruncated: boolean
  answerMediaType: string | null
  answerBytes: number | null
  answerBody: string | null
  answerTruncated: boolean
  skippedBefore: number
}

/** Rows a directory's log may grow by before the writer cuts it back. */
const rowsBetweenCuts = 1_000
const cause: Cause = { kind: 'system', id: 'scim_request_log' }

/** Writes SCIM requests to the logs of their directories; keeps at most about `rowsMax` of each directory. */
export class ScimRequestStore {
  readonly #database: Database
  readonly #rowsMax: number
  /** Rows written since the directory's log was last cut. */
  readonly #grown = new Map<string, number>()

  constructor(database: Database, options: { rowsMax: number }) {
    this.#database = database
    this.#rowsMax = options.rowsMax
  }

  /**
   * Stores requests, each organization's in one transaction, one after the other: the log takes one connection. Those of
   * directories that do not exist (any more) are left out, as are those that are stored already: what failed may be
   * given again. Tries every organization, then throws the first failure.
   */
  async store(drafts: readonly ScimRequestDraft[]): Promise<void> {
    const byOrganization = Map.groupBy(await this.#routed(drafts), ({ organizationId }) => organizationId)
    const failures: unknown[] = []
    for (const [organizationId, routed] of byOrganization) {
      const own = routed.map(({ draft }) => draft)
      await this.#storeIn(scopeTo(organizationId), own).catch((error) => failures.push(error))
    }
    if (failures.length > 0) throw failures[0]
  }

  /** Keys in addresses are anybody's claim: the routing table says which are directories, and whose. */
  async #routed(drafts: readonly ScimRequestDraft[]): Promise<{ organizationId: string; draft: ScimRequestDraft }[]> {
    const ids = [...new Set(drafts.map(({ directoryId }) => directoryId))]
    const rows = await readRoutes(this.#database, (db) =>
      db
        .selectFrom('directory_routes')
        .select(['directory_id', 'organization_id'])
        .where('directory_id', '=', sql<string>`ANY(${ids}::uuid[])`)
        .execute(),
    )
    const routes = new Map(rows.map((row) => [row.directory_id, row.organization_id]))
    return drafts.flatMap((draft) => {
      const organizationId = routes.get(draft.directoryId)
      return organizationId === undefined ? [] : [{ organizationId, draft }]
    })
  }

  async #storeIn(scope: OrganizationScope, drafts: readonly ScimRequestDraft[]): Promise<void> {
    const full = this.#noteGrowth(drafts)
    await transact(this.#database, scope, cause, async (tx) => {
      // A crash may cost the last rows of this log, as it costs those still in memory: nobody waits for a disk here.
      const relaxed = send(tx.db, sql`SET LOCAL synchronous_commit = off`)
      await pipelined(relaxed, insert(tx, drafts))
      const bounds = { before: new Date(0), rowsMax: this.#rowsMax }
      await pipelined(...full.map((directoryId) => pruneDirectory(tx, directoryId, bounds)))
    })
    for (const directoryId of full) this.#grown.delete(directoryId)
  }

  /** Answers with the directories whose logs are to be cut now. */
  #noteGrowth(drafts: readonly ScimRequestDraft[]): string[] {
    for (const { directoryId } of drafts) this.#grown.set(directoryId, (this.#grown.get(directoryId) ?? 0) + 1)
    const touched = new Set(drafts.map(({ directoryId }) => directoryId))
    return [...touched].filter((directoryId) => (this.#grown.get(directoryId) ?? 0) >= rowsBetweenCuts)
  }
}

/** A directory that somebody is deleting is passed over: waiting for a lock would hold up every other log. */
function insert(tx: Transaction, drafts: readonly ScimRequestDraft[]): Promise<unknown> {
  const directoryIds = [...new Set(drafts.map(({ directoryId }) => directoryId))]
  return send(
    tx.db,
    sql`
    WITH present AS MATERIALIZED (
      SELECT directory_id FROM directories
      WHERE organization_id = ${tx.organizationId} AND directory_id = ANY(${directoryIds}::uuid[])
      FOR KEY SHARE SKIP LOCKED
    )
    INSERT INTO scim_requests (organization_id, directory_id, request_id, occurred_at, duration_ms, method, path, query,
      status, scim_type, detail, user_agent, request_media_type, request_bytes, request_body, request_truncated,
      answer_media_type, answer_bytes, answer_body, answer_truncated, skipped_before)
    SELECT ${tx.organizationId}::uuid, directory_id, request_id, occurred_at, duration_ms, method, path, query,
      status, scim_type, detail, user_agent, request_media_type, request_bytes, request_body, request_truncated,
      answer_media_type, answer_bytes, answer_body, answer_truncated, skipped_before
    FROM json_to_recordset(${`[${drafts.map(toRow).join(',')}]`}) AS draft
      (directory_id uuid, request_id uuid, occurred_at timestamptz, duration_ms real, method text, path text, query json,
       status smallint, scim_type text, detail text, user_agent text, request_media_type text, request_bytes integer,
       request_body json, request_truncated boolean, answer_media_type text, answer_bytes integer, answer_body json,
       answer_truncated boolean, skipped_before integer)
    JOIN present USING (directory_id)
    ON CONFLICT DO NOTHING`,
  )
}

/** The bodies are JSON text already and go in as they are. */
function toRow(draft: ScimRequestDraft): string {
  const columns = {
    directory_id: draft.directoryId,
    request_id: draft.requestId,
    occurred_at: arrivalOf(draft.requestId),
    duration_ms: draft.durationMs,
    method: draft.method,
    path: draft.path,
    status: draft.status,
    scim_type: draft.scimType,
    detail: draft.detail,
    user_agent: draft.userAgent,
    request_media_type: draft.requestMediaType,
    request_bytes: draft.requestBytes,
    request_truncated: draft.requestTruncated,
    answer_media_type: draft.answerMediaType,
    answer_bytes: draft.answerBytes,
    answer_truncated: draft.answerTruncated,
    skipped_before: draft.skippedBefore,
  }
  const { query, requestBody, answerBody } = draft
  return `${JSON.stringify(columns).slice(0, -1)},"query":${query},"request_body":${requestBody},"answer_body":${answerBody}}`
}
