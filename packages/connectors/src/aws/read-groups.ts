import type { Group, GroupMembership } from '@aws-sdk/client-identitystore'
import { type Batch, emptyBatch, recordsPerBatch } from '../batch.ts'
import { inOrder } from '../http/in-order.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceGroup, SourceMembership } from '../source-record.ts'
import { AwsError } from './aws-error.ts'
import { documentOf } from './document.ts'
import { idOf } from './id-of.ts'
import type { IdentityStore, ListPage } from './identity-store.ts'
import { listPages } from './list-pages.ts'

/** A part of a group's members; that there are no more; that there is no such group any more. */
type Part = ListPage<GroupMembership> | 'end' | 'gone'

/** Groups with all their members, spread over batches of a bounded size. Those that are deleted meanwhile are left out. */
export async function* readGroups(store: IdentityStore, groups: readonly Group[]): AsyncGenerator<Batch> {
  const known = groups.map(sourceGroupOf)
  const named = known.filter((group) => 'kind' in group)
  let batch = { ...emptyBatch(), problems: known.filter((group) => 'code' in group) }
  for await (const { group, first, rest } of inOrder(named, (group) => begin(store, group))) {
    if (first === 'gone') continue
    batch.upsert.push(group)
    for (let part: Part = first; part !== 'end'; part = await nextOf(rest)) {
      if (part === 'gone') {
        batch.remove.push({ kind: 'group', id: group.id })
        break
      }
      batch.upsert.push(...part.items.map((membership) => sourceMembershipOf(group.id, membership)))
      if (batch.upsert.length < recordsPerBatch) continue
      yield batch
      batch = emptyBatch()
    }
  }
  yield batch
}

async function begin(store: IdentityStore, group: SourceGroup) {
  const rest = listPages((token) => store.members(group.id, token))
  return { group, first: await nextOf(rest), rest }
}

async function nextOf(parts: AsyncGenerator<ListPage<GroupMembership>>): Promise<Part> {
  try {
    const { done, value } = await parts.next()
    return done === true ? 'end' : value
  } catch (error) {
    const isGone = error instanceof AwsError && error.fault.code === 'ResourceNotFoundException'
    // Without a type it is the group that was asked for.
    if (isGone && (error.fault.resourceType ?? 'GROUP') === 'GROUP' && error.fault.reason === undefined) return 'gone'
    throw error
  }
}

function sourceGroupOf(group: Group): SourceGroup | RecordProblem {
  const id = idOf('GroupId', group.GroupId)
  if (group.DisplayName === undefined || group.DisplayName === '') {
    return { key: { kind: 'group', id }, code: 'groupNameMissing', detail: 'The group has no DisplayName.' }
  }
  return { kind: 'group', id, name: group.DisplayName, attributes: documentOf(group), members: 'complete' }
}

/** Members are users today. `MemberId` is a union: whatever it may hold one day is an id. */
function sourceMembershipOf(groupId: string, { MemberId }: GroupMembership): SourceMembership {
  const id = MemberId?.UserId ?? MemberId?.$unknown?.[1]
  return { kind: 'membership', groupId, member: { id: idOf('MemberId', typeof id === 'string' ? id : undefined) } }
}
