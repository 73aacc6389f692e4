import type { Cause } from '@muster/events'
import { fromTypeId, type IdKind, idPrefixes, isUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'

/** An entry of the audit trail as it is shown. */
export interface AuditEntryView {
  id: string
  organizationId: string
  sequence: number
  timestamp: Date
  /** Who acted: the cause of the transaction, such as an API key. */
  actor: Cause
  action: string
  target: string
  detail: JsonObject
  /** Hex. */
  hash: string
}

export interface AuditRow {
  organization_id: string
  audit_entry_id: string
  sequence: number
  actor: JsonObject
  action: string
  target: string
  detail: JsonObject
  occurred_at: Date
  hash: Buffer
}

/** What the target of an action is, by the word before the dot. Of others the target is shown as it is stored. */
const targetKinds: Readonly<Record<string, IdKind>> = {
  organization: 'organization',
  directory: 'directory',
  token: 'token',
  key: 'apiKey',
  user: 'user',
  group: 'group',
  hold: 'hold',
  role_mapping: 'roleMapping',
  webhook: 'webhookEndpoint',
  hook: 'hook',
}

/** Members of `detail` that hold an id. */
const detailKinds: Readonly<Record<string, IdKind>> = {
  directoryId: 'directory',
  userId: 'user',
  groupId: 'group',
  runId: 'syncRun',
}

export function toAuditEntryView(row: AuditRow): AuditEntryView {
  const detail = Object.entries(row.detail).map(([name, value]) => [name, shown(detailKinds, name, value)])
  return {
    id: toTypeId('auditEntry', row.audit_entry_id),
    organizationId: toTypeId('organization', row.organization_id),
    sequence: row.sequence,
    timestamp: row.occurred_at,
    actor: row.actor as unknown as Cause,
    action: row.action,
    target: String(shown(targetKinds, row.action.split('.')[0] ?? '', row.target)),
    detail: Object.fromEntries(detail),
    hash: row.hash.toString('hex'),
  }
}

/** A target as it is stored, of how it is shown: ids lose their prefix. */
export function storedTarget(target: string): string {
  const kinds = Object.keys(idPrefixes) as IdKind[]
  return kinds.map((kind) => fromTypeId(kind, target)).find((uuid) => uuid !== undefined) ?? target
}

function shown(kinds: Readonly<Record<string, IdKind>>, name: string, value: unknown): unknown {
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  return kind !== undefined && typeof value === 'string' && isUuid(value) ? toTypeId(kind, value) : value
}
