import { ConnectorError } from '../connector-error.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { addressesOf, namesOf } from './addresses.ts'
import { documentOf } from './document.ts'
import type { GoogleDocuments } from './google-documents.ts'

/** A user as Google has it, or what is wrong with it. @throws ConnectorError `protocol` for one without an id */
export function toUser(user: GoogleDocuments['user']): SourceUser | RecordProblem {
  const { id, primaryEmail, name, suspended, archived } = user
  if (typeof id !== 'string' || id === '') throw new ConnectorError('protocol', 'Google lists a user without an id.')
  if (typeof primaryEmail !== 'string' || primaryEmail === '') {
    return { key: { kind: 'user', id }, code: 'userNameMissing', detail: 'The user has no primaryEmail.' }
  }
  const displayName = name?.fullName || name?.displayName
  return {
    kind: 'user',
    id,
    references: namesOf(user, primaryEmail),
    userName: primaryEmail,
    active: suspended !== true && archived !== true,
    ...(displayName && { displayName }),
    emails: addressesOf(user, primaryEmail),
    attributes: documentOf(user),
  }
}
