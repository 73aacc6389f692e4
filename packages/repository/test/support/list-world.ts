import { newUuid } from '@muster/runtime/type-ids'
import {
  type JsonObject,
  parseExtensionSchema,
  parseGroup,
  parseUser,
  profiles,
  type ResourceTypes,
  resourceTypesWith,
} from '@muster/scim'
import {
  createDirectoryGroup,
  type DirectoryPlace,
  type DirectoryResource,
  listDirectoryResources,
  type OrganizationScope,
  read,
  transact,
} from '../../src/index.ts'
import { addDirectory, cause } from './directory.ts'
import type { Installation } from './installation.ts'

export const urn = (kind: 'User' | 'Group') => `urn:test:params:every-kind:2.0:${kind}`

const simple = [
  { name: 'exactText', type: 'string', caseExact: true },
  { name: 'freeText', type: 'string' },
  { name: 'whole', type: 'integer' },
  { name: 'number', type: 'decimal' },
  { name: 'flag', type: 'boolean' },
  { name: 'when', type: 'dateTime' },
  { name: 'bytes', type: 'binary' },
  { name: 'link', type: 'reference' },
]
const manyOf = (attributes: readonly { name: string }[]) =>
  attributes.map((attribute) => ({ ...attribute, name: `${attribute.name}s`, multiValued: true }))

/** Attributes of every type, alone, in lists, in an object, in a list of objects, and lists in those. */
const everyKind = (kind: 'User' | 'Group') =>
  parseExtensionSchema(
    {
      id: urn(kind),
      attributes: [
        ...simple,
        ...manyOf(simple),
        { name: 'part', type: 'complex', subAttributes: [...simple, ...manyOf(simple)] },
        {
          name: 'items',
          type: 'complex',
          multiValued: true,
          subAttributes: [
            { name: 'value', type: 'string' },
            { name: 'primary', type: 'boolean' },
            ...simple,
            ...manyOf(simple),
          ],
        },
      ],
    },
    kind,
  )

export const types: ResourceTypes = resourceTypesWith([everyKind('User'), everyKind('Group')])
/** Nothing is coerced, and any text will do for a reference. */
const dialect = { types, profile: { ...profiles.strict, anyTextAsReference: true } }

/** A directory with whatever bodies a client might have sent, and its edges. */
export interface WorldPlan {
  users: JsonObject[]
  groups: JsonObject[]
  /** For each group the members, by number: users first, then groups. */
  members: number[][]
}

export interface World {
  scope: OrganizationScope
  place: DirectoryPlace
  users: JsonObject[]
  groups: JsonObject[]
}

/** Stores a plan, and answers with the full representations, as the service shows them. */
export async function makeWorld({ database }: Installation, scope: OrganizationScope, plan: WorldPlan): Promise<World> {
  const directory = await addDirectory(database, scope)
  const { directoryId } = directory
  const documents = plan.users.map((body) => parseUser(body, dialect))
  const userIds = (await directory.createUsers(documents)).filter((id) => id !== undefined)
  const groupIds: string[] = []
  for (const body of plan.groups) {
    const { document } = parseGroup(body, dialect)
    const directoryGroupId = newUuid()
    groupIds.push(directoryGroupId)
    const draft = { directoryGroupId, document, uniqueName: false }
    await transact(database, scope, cause, (tx) => createDirectoryGroup(tx, directoryId, draft, []))
  }
  const all = [...userIds, ...groupIds]
  for (const [at, groupId] of groupIds.entries()) {
    const ids = (plan.members[at] ?? []).flatMap((number) => all[number % all.length] ?? [])
    await directory.changeMembers(groupId, [{ kind: 'add', ids: ids.filter((id) => id !== groupId) }])
  }
  const place = { directoryId, baseUrl: 'https://muster.test/scim/x/v2', types }
  return { scope, place, ...(await representationsOf({ database }, scope, place)) }
}

/** All resources of a directory in full. */
export async function representationsOf(
  { database }: Pick<Installation, 'database'>,
  scope: OrganizationScope,
  place: DirectoryPlace,
): Promise<{ users: JsonObject[]; groups: JsonObject[] }> {
  const everything = { filter: undefined, sort: undefined }
  const { rows } = await read(database, scope, (reader) =>
    listDirectoryResources(
      reader,
      place,
      { user: everything, group: everything },
      { limit: 100_000, from: { offset: 0 }, wantsTotal: false },
      { withGroups: true, membersMax: 100_000 },
    ),
  )
  const shown = (kind: 'User' | 'Group') => rows.filter((row) => row.kind === kind).map((row) => represent(row, place))
  return { users: shown('User'), groups: shown('Group') }
}

/** What services/scim puts together, written a second time. */
export function represent(resource: DirectoryResource, { baseUrl }: DirectoryPlace): JsonObject {
  const { row } = resource
  const id = 'directoryUserId' in row ? row.directoryUserId : row.directoryGroupId
  const representation: JsonObject = {
    ...JSON.parse(row.documentText),
    id,
    meta: {
      resourceType: resource.kind,
      created: row.createdAt.toISOString(),
      lastModified: row.updatedAt.toISOString(),
      location: `${baseUrl}/${resource.kind}s/${id}`,
      version: `W/"${row.version}"`,
    },
  }
  if ('groupsText' in row && row.groupsText !== null) {
    const groups: { value: string }[] = JSON.parse(row.groupsText)
    representation.groups = groups.map((group) => ({ ...group, $ref: `${baseUrl}/Groups/${group.value}` }))
  }
  if ('members' in row && row.members !== undefined && row.members.length > 0) {
    representation.members = row.members.map((member) => ({
      ...member,
      $ref: `${baseUrl}/${member.type}s/${member.value}`,
    }))
  }
  return representation
}
