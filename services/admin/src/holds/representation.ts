import type { findHold, HeldChange, HeldPosition, Hold } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { decodeUuid, encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { groupSchema, representGroup } from '../groups/representation.ts'
import { nullableTimestamp, timestamp } from '../schema/values.ts'
import { startedProperties } from '../settlements/representation.ts'
import { representUser, userSchema } from '../users/representation.ts'

const causeProperties = { kind: Type.String(), id: Type.String() }
const counts = Type.Object({ users: Type.Integer(), groups: Type.Integer(), memberships: Type.Integer() })

export const holdStatuses = ['open', 'approved', 'rejected', 'expired', 'withdrawn'] as const

const properties = {
  id: Type.String(),
  directoryId: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Null: of several directories. One that is deleted meanwhile stays named.',
  }),
  reason: Type.Enum(['push', 'settings', 'directory_deleted', 'sync'], {
    description: 'What a directory pushed within an hour, a change of settings, a deleted directory, or a sync run.',
  }),
  status: Type.Enum(holdStatuses, { description: '`withdrawn`: the source took back all that waited.' }),
  cause: Type.Object(causeProperties, { description: 'What made the guard step in, such as a SCIM request.' }),
  tripped: Type.Object(
    { kind: Type.Enum(['users', 'groups', 'memberships']), removals: Type.Integer() },
    { description: 'Of what there were too many, and how many were the first to wait.' },
  ),
  changesSettings: Type.Boolean({ description: 'Whether approving it makes a change of settings that waits, too.' }),
  createdAt: timestamp,
  expiresAt: nullableTimestamp,
  decidedAt: nullableTimestamp,
  decidedBy: Type.Unsafe<Hold['decidedBy']>({
    type: ['object', 'null'],
    properties: causeProperties,
    required: ['kind', 'id'],
    description: 'Null as long as nobody decided, and when time or the source did.',
  }),
}

/** Removals that wait for somebody's decision, together. */
export const holdSchema = Type.Object(properties)

export const holdDetailSchema = Type.Object({ ...properties, waiting: counts })

/** With what the approval has begun. */
export const approvedHoldSchema = Type.Object({
  ...properties,
  waiting: counts,
  settlement: startedProperties.settlement,
})

const directoryId = Type.String()

export const heldChangeSchema = Type.Union([
  Type.Object({
    kind: Type.Literal('user'),
    effect: Type.Enum(['deactivate', 'delete'], { description: 'What the directory asks for.' }),
    directoryId,
    user: userSchema,
  }),
  Type.Object({ kind: Type.Literal('group'), directoryId, group: groupSchema }),
  Type.Object({ kind: Type.Literal('membership'), directoryId, user: userSchema, group: groupSchema }),
])

export function representHold(hold: Hold): Static<typeof holdSchema> {
  const { holdId, directoryId, createdAt, expiresAt, decidedAt, ...rest } = hold
  return {
    ...rest,
    id: toTypeId('hold', holdId),
    directoryId: directoryId && toTypeId('directory', directoryId),
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    decidedAt: decidedAt?.toISOString() ?? null,
  }
}

export function representHoldDetail(
  hold: NonNullable<Awaited<ReturnType<typeof findHold>>>,
): Static<typeof holdDetailSchema> {
  return { ...representHold(hold), waiting: hold.waiting }
}

export function representHeldChange(change: HeldChange): Static<typeof heldChangeSchema> {
  const directoryId = toTypeId('directory', change.directoryId)
  switch (change.kind) {
    case 'user':
      return { ...change, directoryId, user: representUser(change.user) }
    case 'group':
      return { ...change, directoryId, group: representGroup(change.group) }
    case 'membership':
      return { ...change, directoryId, user: representUser(change.user), group: representGroup(change.group) }
  }
}

/** The cursor behind a change: its kind and both its ids. */
export function toCursor({ kind, id, ofId }: HeldPosition): string {
  return [kind, encodeUuid(id), encodeUuid(ofId)].join('.')
}

/** @throws `invalidValue` when it is no cursor of such a list */
export function fromCursor(cursor: string): HeldPosition {
  const [kind, ...suffixes] = cursor.split('.')
  const [id, ofId, ...more] = suffixes.map(decodeUuid)
  if (kind !== 'user' && kind !== 'group' && kind !== 'membership') throw notACursor()
  if (id === undefined || ofId === undefined || more.length > 0) throw notACursor()
  return { kind, id, ofId }
}

function notACursor(): MusterError {
  return new MusterError('invalidValue', 'query.after is not a cursor of this list.')
}
