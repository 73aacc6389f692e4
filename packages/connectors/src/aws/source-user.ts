import type { User } from '@aws-sdk/client-identitystore'
import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { documentOf } from './document.ts'
import { idOf } from './id-of.ts'

/** A `User` of the Identity Store. Its name may be missing; its status is, where the store has none: then it is enabled. */
export function sourceUserOf(user: User): SourceUser | RecordProblem {
  const id = idOf('UserId', user.UserId)
  if (user.UserName === undefined || user.UserName === '') {
    return { key: { kind: 'user', id }, code: 'userNameMissing', detail: 'The user has no UserName.' }
  }
  const { DisplayName: displayName } = user
  return {
    kind: 'user',
    id,
    userName: user.UserName,
    active: user.UserStatus !== 'DISABLED',
    ...(displayName !== undefined && displayName !== '' && { displayName }),
    emails: addressesOf(user),
    attributes: documentOf(user),
  }
}

function addressesOf({ Emails = [] }: User): SourceUser['emails'] {
  return Emails.toSorted((one, other) => Number(other.Primary ?? false) - Number(one.Primary ?? false)).flatMap(
    ({ Value: value, Type: type }) =>
      value === undefined || value === '' ? [] : [{ value, ...(type !== undefined && type !== '' && { type }) }],
  )
}
