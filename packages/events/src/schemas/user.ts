import { Type } from 'typebox'
import { roleSchema } from './role.ts'
import { closed, nullable, nullableText, nullableTimestamp, openObject, reference, timestamp } from './values.ts'

const profile = closed({
  department: nullableText,
  title: nullableText,
  employeeId: nullableText,
  manager: nullableText,
  location: nullableText,
  phoneNumber: nullableText,
  startDate: nullableText,
  costCenter: nullableText,
})

/** A person as every surface shows it; the repository shapes it (`toUserView`). */
export const userSchema = closed(
  {
    id: Type.String(),
    email: nullableText,
    firstName: nullableText,
    lastName: nullableText,
    username: nullableText,
    state: Type.Enum(['active', 'inactive']),
    organizationId: Type.String(),
    organization: reference,
    directoryId: nullable(Type.String(), 'Of the directory that ranks first among those that hold the person.'),
    directory: nullable(reference),
    idpId: nullable(Type.String(), 'The id by which that directory knows the person.'),
    profile,
    managerId: nullable(Type.String(), 'The user who is the manager.'),
    customAttributes: Type.Unsafe<Record<string, string>>({
      type: 'object',
      additionalProperties: { type: 'string' },
      description: 'What the mapping of the directory adds.',
    }),
    groups: Type.Array(reference, { description: 'Groups the person is in, also by a group inside it.' }),
    roles: Type.Array(roleSchema),
    pinned: Type.Array(Type.String(), { description: 'Attributes whose value no directory changes.' }),
    metadata: Type.Unsafe<Record<string, unknown>>({ ...openObject, description: "The application's own." }),
    createdAt: timestamp,
    updatedAt: timestamp,
    lastLoginAt: nullableTimestamp,
    sessionsRevokedAt: nullable(timestamp, 'Sessions that began before are to be ended.'),
  },
  { title: 'User', description: 'A person, as GET /api/users/{id} shows it.' },
)

/** All that is left of a person who was erased. */
export const erasedUserSchema = closed({ id: Type.String() }, { description: 'The id is all that is left.' })
