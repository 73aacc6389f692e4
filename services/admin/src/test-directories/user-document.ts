import { type Dialect, type JsonObject, parseUser, patchUser, userResourceType } from '@muster/scim'
import { patchOf, type SimulatedValues } from './person-attributes.ts'

/** The document of a new user who is active, through the same gate as one that an identity provider sends. */
export function newUserDocument(
  dialect: Dialect,
  values: SimulatedValues & { email: string },
  manager?: string,
): JsonObject {
  const { firstName, lastName, email } = values
  const name = [firstName, lastName].filter((part) => part).join(' ')
  const body = {
    schemas: [userResourceType.schema.id],
    userName: values.username ?? email,
    active: true,
    ...(name !== '' && { displayName: name }),
  }
  return patchUser(parseUser(body, dialect), patchOf(values, manager), dialect).document
}
