import { isUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { type RawBuilder, sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { firstRequestId } from './request-id.ts'

/** Which requests; what is undefined narrows nothing. */
export interface ScimRequestQuery {
  directoryId?: string | undefined
  method?: string | undefined
  /** Both included; one status is a range of one. */
  statuses?: { from: number; to: number } | undefined
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
}

/** A request as lists show it. Bodies, query and everything else a client sent are masked. */
export interface ScimRequestView {
  /** The bare UUID of the answer's `X-Request-Id`, and of `cause.id` in the events the request made. */
  id: string
  organizationId: string
  directoryId: string
  timestamp: Date
  durationMs: number
  method: string
  path: string
  query: JsonObject | null
  status: number
  scimType: string | null
  detail: string | null
  userAgent: string | null
  requestMediaType: string | null
  requestBytes: number | null
  answerMediaType: string | null
  answerBytes: number | null
  skippedBefore: number
}

/** With the bodies; `truncated` when not all of a body was kept. */
export interface ScimRequestDetail extends ScimRequestView {
  requestBody: unknown
  requestTruncated: boolean
  answerBody: unknown
  answerTruncated: boolean
}

interface Row {
  organization_id: string
  directory_id: string
  request_id: string
  occurred_at: Date
  duration_ms: number
  method: string
  path: string
  query: JsonObject | null
  status: number
  scim_type: string | null
  detail: string | null
  user_agent: string | null
  request_media_type: string | null
  request_bytes: number | null
  answer_media_type: string | null
  answer_bytes: number | null
  skipped_before: number
}

interface BodyRow extends Row {
  request_body: unknown
  request_truncated: boolean
  answer_body: unknown
  answer_truncated: boolean
}

const columns = sql.raw(
  `r.organization_id, r.directory_id, r.request_id, r.occurred_at, r.duration_ms, r.method, r.path, r.query, r.status,
  r.scim_type, r.detail, r.user_agent, r.request_media_type, r.request_bytes, r.answer_media_type, r.answer_bytes,
  r.skipped_before`,
)
const bodyColumns = sql`${columns}, r.request_body, r.request_truncated, r.answer_body, r.answer_truncated`

/** A page of the organization's requests, the newest first; `after` is the id of the last one before the page. */
export async function listScimRequests(
  reader: Reader,
  query: ScimRequestQuery,
  page: { after: string | undefined; limit: number },
): Promise<ScimRequestView[]> {
  const beyond = page.after === undefined ? sql`true` : sql`r.request_id < ${page.after}`
  const { rows } = await sql<Row>`
    SELECT r.* FROM ${eachDirectory(
      reader,
      query,
      sql`SELECT ${columns}`,
      sql`AND ${beyond}
      ORDER BY r.request_id DESC LIMIT ${page.limit}`,
    )}
    ORDER BY r.request_id DESC LIMIT ${page.limit}`.execute(reader.db)
  return rows.map(toView)
}

export async function countScimRequests(reader: Reader, query: ScimRequestQuery): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM ${eachDirectory(reader, query, sql`SELECT`, sql``)}`.execute(reader.db)
  return rows[0]?.count ?? 0
}

/** One request with its bodies; undefined when the organization's log has none of this id. */
export async function findScimRequest(reader: Reader, requestId: string): Promise<ScimRequestDetail | undefined> {
  if (!isUuid(requestId)) return undefined
  const { rows } = await sql<BodyRow>`
    SELECT r.* FROM ${eachDirectory(reader, {}, sql`SELECT ${bodyColumns}`, sql`AND r.request_id = ${requestId}`)}`.execute(
    reader.db,
  )
  const [row] = rows
  if (row === undefined) return undefined
  return {
    ...toView(row),
    requestBody: row.request_body,
    requestTruncated: row.request_truncated,
    answerBody: row.answer_body,
    answerTruncated: row.answer_truncated,
  }
}

/** Directory by directory, so that each is a range of the one index; a log has few rows a directory. */
function eachDirectory(
  reader: Reader,
  { directoryId, method, statuses, since, until }: ScimRequestQuery,
  select: RawBuilder<unknown>,
  rest: RawBuilder<unknown>,
): RawBuilder<unknown> {
  const directories = [sql`d.organization_id = ${reader.organizationId}`]
  if (directoryId !== undefined) directories.push(sql`d.directory_id = ${directoryId}`)
  const requests = [sql`r.organization_id = ${reader.organizationId} AND r.directory_id = d.directory_id`]
  if (method !== undefined) requests.push(sql`r.method = ${method}`)
  if (statuses !== undefined) requests.push(sql`r.status BETWEEN ${statuses.from} AND ${statuses.to}`)
  if (since !== undefined) requests.push(sql`r.request_id >= ${firstRequestId(since)}`)
  if (until !== undefined) requests.push(sql`r.request_id < ${firstRequestId(until)}`)
  const and = sql` AND `
  return sql`(SELECT d.directory_id FROM directories d WHERE ${sql.join(directories, and)} OFFSET 0) d
    CROSS JOIN LATERAL (${select} FROM scim_requests r WHERE ${sql.join(requests, and)} ${rest}) r`
}

function toView(row: Row): ScimRequestView {
  return {
    id: row.request_id,
    organizationId: toTypeId('organization', row.organization_id),
    directoryId: toTypeId('directory', row.directory_id),
    timestamp: row.occurred_at,
    durationMs: row.duration_ms,
    method: row.method,
    path: row.path,
    query: row.query,
    status: row.status,
    scimType: row.scim_type,
    detail: row.detail,
    userAgent: row.user_agent,
    requestMediaType: row.request_media_type,
    requestBytes: row.request_bytes,
    answerMediaType: row.answer_media_type,
    answerBytes: row.answer_bytes,
    skippedBefore: row.skipped_before,
  }
}
