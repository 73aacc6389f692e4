import { ConnectorError } from '../connector-error.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceUser } from '../source-record.ts'
import { addressesOf, namesOf } from './addresses.ts'
import { documentOf } from './document.ts'
import type { GoogleDocuments } from './documents.ts'
import type { GoogleSource } from './google-source.ts'
import { assertNotHidden } from './not-hidden.ts'
import { readPresent } from './read-present.ts'
import type { Step } from './step.ts'
import { userPages } from './user-pages.ts'

/** All users of the scope, from a page on. */
export async function* readUsers(source: GoogleSource, resume: string | undefined): AsyncGenerator<Step> {
  let found = resume !== undefined
  let last: string | undefined
  for await (const { items, token, next } of userPages(source, 'whole', resume)) {
    found ||= items.length > 0
    if (next === undefined && !found) await assertNotHidden(source)
    const upsert: SourceUser[] = []
    const problems: RecordProblem[] = []
    for (const user of items.map(toUser)) {
      if ('kind' in user) upsert.push(user)
      else problems.push(user)
    }
    last = next ?? token
    yield { upsert, problems, pageToken: last, isLast: last === undefined }
  }
  if (last !== undefined) yield* readPresent('user', userPages(source, 'ids'), last)
}

function toUser(user: GoogleDocuments['user']): SourceUser | RecordProblem {
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
