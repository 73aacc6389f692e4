import type { ChangedGroup, ChangedUser, RunChange, RunChangePosition } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { decodeUuid, encodeUuid, toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { nullableText } from '../schema/values.ts'

const effect = Type.Enum(['create', 'update', 'return', 'deactivate', 'delete', 'add', 'remove'], {
  description: '`deactivate`: missing from the source; `return`: there again. `add` and `remove` are of memberships.',
})

const sourceId = Type.Unsafe<string | null>({ ...nullableText, description: 'The id that the source gives it.' })
const name = Type.Unsafe<string | null>({ ...nullableText, description: 'Null when nothing of it is known any more.' })

const changedUser = Type.Object({
  kind: Type.Literal('user'),
  directoryUserId: Type.String(),
  userId: Type.Unsafe<string | null>({ ...nullableText, description: 'The person, when there is one.' }),
  sourceId,
  name,
})
const changedGroup = Type.Object({ kind: Type.Literal('group'), groupId: Type.String(), sourceId, name })

const changes = Type.Record(Type.String(), Type.Object({ from: Type.Any(), to: Type.Any() }), {
  description: 'Attributes as the user shows them, and `active`; of a group its `name`.',
})

export const runChangeSchema = Type.Union([
  Type.Object({ kind: Type.Literal('user'), effect, user: changedUser, changes }),
  Type.Object({ kind: Type.Literal('group'), effect, group: changedGroup, changes }),
  Type.Object({
    kind: Type.Literal('membership'),
    effect,
    group: changedGroup,
    member: Type.Union([changedUser, changedGroup]),
  }),
])

const removals = Type.Object({ removals: Type.Integer(), population: Type.Integer() })

export const runImpactSchema = Type.Object({
  users: removals,
  groups: removals,
  memberships: removals,
  wouldHold: Type.Array(Type.Enum(['users', 'groups', 'memberships']), {
    description: 'Kinds of which the guard would hold the removals. An estimate, from the directory as it is now.',
  }),
})

export function representRunChange(change: RunChange): Static<typeof runChangeSchema> {
  switch (change.kind) {
    case 'user':
      return { ...change, user: representUser(change.user) }
    case 'group':
      return { ...change, group: representGroup(change.group) }
    case 'membership': {
      const { member } = change
      const shown = member.kind === 'user' ? representUser(member) : representGroup(member)
      return { ...change, group: representGroup(change.group), member: shown }
    }
  }
}

function representUser(user: ChangedUser): Static<typeof changedUser> {
  return { ...user, userId: user.userId && toTypeId('user', user.userId) }
}

function representGroup(group: ChangedGroup): Static<typeof changedGroup> {
  return { ...group, groupId: toTypeId('group', group.groupId) }
}

/** The cursor behind a change. */
export function toCursor({ step, resourceId, groupId }: RunChangePosition): string {
  return [step, encodeUuid(resourceId), encodeUuid(groupId)].join('.')
}

/** @throws `invalidValue` when it is no cursor of such a list */
export function fromCursor(cursor: string): RunChangePosition {
  const [step = '', ...suffixes] = cursor.split('.')
  const [resourceId, groupId, ...more] = suffixes.map(decodeUuid)
  if (!/^[1-9]$/.test(step) || resourceId === undefined || groupId === undefined || more.length > 0) {
    throw new MusterError('invalidValue', 'query.after is not a cursor of this list.')
  }
  return { step: Number(step), resourceId, groupId }
}
