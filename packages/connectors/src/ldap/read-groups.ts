import { type Batch, emptyBatch, recordsPerBatch } from '../batch.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceGroup, SourceRecord } from '../source-record.ts'
import { anyEntry } from './any-entry.ts'
import { documentOf } from './document.ts'
import { firstText, type LdapEntry, textsOf } from './entry.ts'
import { idOf } from './entry-id.ts'
import type { LdapSource } from './ldap-source.ts'
import { memberValues, showsMembers } from './member-values.ts'
import { pagedSearch } from './paged-search.ts'
import { dnReference, memberReference } from './references.ts'
import { groupAttributes, groupNameAttributes } from './user-attributes.ts'

/** Groups are read few at a time: each may carry thousands of members. */
const groupsPerPage = 50

/** Classes whose groups must have a member (RFC 4519 §3.5, §3.6): where none is shown, they cannot be seen. */
const memberOfClass: Readonly<Record<string, string>> = { groupofnames: 'member', groupofuniquenames: 'uniquemember' }

/** The groups that match a filter, with all their direct members, spread over batches of a bounded size. */
export async function* readGroups(source: LdapSource, filter: string): AsyncGenerator<Batch> {
  // Before the paged search: on some servers one connection has one at a time.
  const canSeeMembers = await seesMembers(source)
  const search = {
    base: source.groupBase,
    filter,
    attributes: [...new Set(['objectClass', source.idAttribute, ...groupAttributes, ...source.memberAttributes])],
    pageSize: Math.min(groupsPerPage, source.pageSize),
  }
  for await (const entries of pagedSearch(source, search)) {
    let batch = emptyBatch()
    for (const entry of entries) {
      const group = toGroup(entry, source, canSeeMembers)
      if (!('kind' in group)) {
        batch.problems.push(group)
        continue
      }
      for await (const records of withMembers(group, source, entry)) {
        for (const record of records) {
          batch.upsert.push(record)
          if (batch.upsert.length < recordsPerBatch) continue
          yield batch
          batch = emptyBatch()
        }
      }
    }
    yield batch
  }
}

/** Whether any group shows a member. Where none does, groups without members may be full of members that we may not see. */
export async function seesMembers(source: LdapSource): Promise<boolean> {
  const some = source.memberAttributes.map((attribute) => `(${attribute}=*)`).join('')
  const filter = `(&${source.groupFilter}(|${some}))`
  const group = await anyEntry(source, source.groupBase, filter, source.memberAttributes)
  return group !== undefined && showsMembers(group, source.memberAttributes)
}

function toGroup(entry: LdapEntry, source: LdapSource, canSeeMembers: boolean): SourceGroup | RecordProblem {
  const id = idOf(entry, source)
  const name = firstText(entry, groupNameAttributes)
  if (name === undefined) {
    return { key: { kind: 'group', id }, code: 'groupNameMissing', detail: 'The group has no cn that can be read.' }
  }
  const needed = textsOf(entry, 'objectClass').map((name) => memberOfClass[name.toLowerCase()])
  const hasHidden = source.memberAttributes.some((attribute) => needed.includes(attribute.toLowerCase()))
  const isRead = showsMembers(entry, source.memberAttributes) || (canSeeMembers && !hasHidden)
  return {
    kind: 'group',
    id,
    references: [dnReference(entry.dn)],
    name,
    attributes: { ...documentOf(entry, groupAttributes), [source.idAttribute]: id },
    members: isRead ? 'complete' : 'unread',
  }
}

async function* withMembers(group: SourceGroup, source: LdapSource, entry: LdapEntry): AsyncGenerator<SourceRecord[]> {
  yield [group]
  const self = dnReference(entry.dn)
  for await (const { attribute, values } of memberValues(source, entry)) {
    yield values.flatMap((value) => {
      const reference = memberReference(attribute, value)
      // Groups that need a member name themselves when they have none.
      if (reference === undefined || reference === self) return []
      return [{ kind: 'membership', groupId: group.id, member: { reference } }]
    })
  }
}
