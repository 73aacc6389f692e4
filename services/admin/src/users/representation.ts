import { type Static, Type } from 'typebox'
import { nullableText, nullableTimestamp, openObject, timestamp } from '../schema/values.ts'

const reference = Type.Object({ id: Type.String(), name: Type.String() })
const nullableReference = Type.Unsafe<{ id: string; name: string } | null>({
  type: ['object', 'null'],
  properties: reference.properties,
  required: reference.required,
})

const openTexts = Type.Unsafe<Record<string, string>>({ type: 'object', additionalProperties: { type: 'string' } })

/** A person. The repository shapes it, the same for events and webhooks (`toUserView`). */
export const userSchema = Type.Object({
  id: Type.String(),
  email: nullableText,
  firstName: nullableText,
  lastName: nullableText,
  username: nullableText,
  state: Type.Enum(['active', 'inactive']),
  organizationId: Type.String(),
  organization: reference,
  directoryId: nullableText,
  directory: nullableReference,
  idpId: nullableText,
  profile: Type.Object({
    department: nullableText,
    title: nullableText,
    employeeId: nullableText,
    manager: nullableText,
    location: nullableText,
    phoneNumber: nullableText,
    startDate: nullableText,
    costCenter: nullableText,
  }),
  managerId: nullableText,
  customAttributes: openTexts,
  groups: Type.Array(reference),
  roles: Type.Array(
    Type.Object({
      id: Type.String(),
      source: Type.String({ description: '`manual`, or `group:` and the id of the group; one entry a source.' }),
    }),
  ),
  pinned: Type.Array(Type.String(), { description: 'Attributes whose value no directory changes.' }),
  metadata: openObject,
  createdAt: timestamp,
  updatedAt: timestamp,
  lastLoginAt: nullableTimestamp,
  sessionsRevokedAt: nullableTimestamp,
})

/** Its dates become text when it is serialised by the schema. */
export function representUser(user: Record<string, unknown>): Static<typeof userSchema> {
  return user as Static<typeof userSchema>
}
