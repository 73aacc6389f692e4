import { Type } from 'typebox'
import { nullableText, timestamp } from '../schema/values.ts'
import { because, directory, directoryUserId, orNull, reasoned, reference } from './reasons.ts'

const state = Type.Enum(['active', 'inactive'])
const hold = orNull(Type.Object({ id: Type.String(), since: timestamp }))
const source = Type.Enum(['pinned', 'directory', 'manual', 'kept'])

const link = Type.Object({
  directoryId: Type.String(),
  directory,
  directoryUserId,
  active: Type.Boolean({ description: 'Whether the user of the directory counts.' }),
  activeInDirectory: Type.Unsafe<boolean | null>({
    type: ['boolean', 'null'],
    description: 'What the directory says; null when it does not have the user any more.',
  }),
  hold,
  decides: Type.Boolean({ description: 'Whether it decides about the state: its directory ranks highest.' }),
  reasons: Type.Array(because),
})

const attribute = Type.Object({
  name: Type.String(),
  value: nullableText,
  source: orNull(source),
  directoryId: nullableText,
  ...reasoned,
  losing: Type.Array(Type.Object({ value: Type.String(), source, directoryId: nullableText }), {
    description: 'What else is said and is not shown, the strongest first.',
  }),
})

const manager = Type.Object({
  managerId: nullableText,
  reference: nullableText,
  directoryId: nullableText,
  directoryUserId: nullableText,
  ...reasoned,
})

const group = Type.Object({
  id: nullableText,
  name: nullableText,
  directoryId: nullableText,
  has: Type.Boolean(),
  ...reasoned,
  way: orNull(
    Type.Array(reference, {
      description: 'From the group that the user of the directory is a member of up to this one; a shortest way.',
    }),
  ),
  hold,
  because: Type.Array(because, { description: 'With `linkInactive`: why the user of the directory does not count.' }),
})

const role = Type.Object({
  id: Type.String(),
  sources: Type.Array(
    Type.Object({
      source: Type.String({ description: '`manual`, or `group:` and the id of the group.' }),
      roleMappingIds: Type.Array(Type.String()),
      ...reasoned,
      group: orNull(group),
    }),
  ),
})

const askedRole = Type.Object({
  ...role.properties,
  has: Type.Boolean(),
  missing: Type.Array(Type.Object({ ...group.properties, roleMappingId: nullableText }), {
    description: 'Of a role that the person lacks: each mapping that would give it, and what is missing first.',
  }),
})

const askedAttribute = Type.Object({
  name: Type.String(),
  directories: Type.Array(
    Type.Object({
      directoryId: Type.String(),
      directoryUserId,
      expression: Type.Unsafe<string | null>({
        type: ['string', 'null'],
        description: 'By which the mapping of the directory fills the attribute; null when it does not.',
      }),
      value: nullableText,
      ...reasoned,
    }),
  ),
})

/** Why a person is what it is. The repository shapes it. */
export const userExplanationSchema = Type.Object({
  userId: Type.String(),
  isComplete: Type.Boolean({ description: 'False when there are more groups or roles than are looked at.' }),
  state: Type.Object({
    value: state,
    ...reasoned,
    links: Type.Array(link, { description: 'Users of directories behind the person, by rank.' }),
  }),
  attributes: Type.Array(attribute),
  manager,
  groups: Type.Array(group),
  roles: Type.Array(role),
  role: Type.Optional(askedRole),
  group: Type.Optional(group),
  attribute: Type.Optional(askedAttribute),
})
