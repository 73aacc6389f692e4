import type { RecordProblem } from '../page.ts'
import type { SourceDocument, SourceUser } from '../source-record.ts'
import { asDocument, attributesOf, textIn } from './document.ts'
import { isActiveStatus } from './user-status.ts'

/** A user as Okta has it, or what is wrong with it. */
export function userRecord(id: string, document: SourceDocument): SourceUser | RecordProblem {
  const profile = asDocument(document.profile)
  const employeeNumber = textIn(profile, 'employeeNumber')
  // What many organizations keep in `managerId`; ids, logins and addresses are found without it.
  const references = employeeNumber === undefined ? {} : { references: [employeeNumber] }
  const problem = (code: string, detail: string): RecordProblem => {
    return { key: { kind: 'user', id }, code, detail, ...references }
  }
  const userName = textIn(profile, 'login')
  if (userName === undefined)
    return problem('userNameMissing', 'The user has no login, or the account may not read it.')
  const active = isActiveStatus(textIn(document, 'status'))
  if (active === undefined) return problem('statusUnknown', 'The user has a status that is not known here.')
  const displayName = displayNameOf(profile)
  const email = textIn(profile, 'email')
  return {
    kind: 'user',
    id,
    ...references,
    userName,
    active,
    ...(displayName !== undefined && { displayName }),
    // The second one is for recovery: everybody chooses one's own, and it must not lead to somebody else's person.
    emails: email === undefined ? [] : [{ value: email }],
    attributes: attributesOf(document),
  }
}

function displayNameOf(profile: SourceDocument | undefined): string | undefined {
  const names = ['firstName', 'lastName'].flatMap((name) => textIn(profile, name) ?? [])
  return textIn(profile, 'displayName') ?? (names.length > 0 ? names.join(' ') : undefined)
}
