import { comparisonKey, sameJson } from '@muster/scim'
import type { DirectoryUserDraft, DirectoryUserFacts } from '../../directory-users/columns.ts'
import type { SaidUser } from '../staged-page.ts'
import type { KnownUser } from './known-users.ts'

/** What is stored of a user that was read; `known` is what is stored of it now. */
export function toDraft(
  directoryUserId: string,
  sourceId: string,
  said: SaidUser,
  known: KnownUser | undefined,
): DirectoryUserDraft & { facts: DirectoryUserFacts } {
  const { userName, active, displayName = null, emails, attributes } = said
  return {
    directoryUserId,
    document: attributes,
    facts: { userName, externalId: sourceId, displayName, active, emails },
    ...(known && { before: known.mapped }),
  }
}

/** Whether storing the draft would change anything. */
export function differs(
  { document, facts }: DirectoryUserDraft & { facts: DirectoryUserFacts },
  known: KnownUser,
): boolean {
  const displayNameKey = facts.displayName === null ? null : comparisonKey(facts.displayName)
  return (
    known.active !== facts.active ||
    known.userNameKey !== comparisonKey(facts.userName) ||
    known.displayNameKey !== displayNameKey ||
    known.externalId !== facts.externalId ||
    known.emails.length !== facts.emails.length ||
    !known.emails.every(({ value_key: key }, index) => key === comparisonKey(facts.emails[index]?.value ?? '')) ||
    !sameJson(known.document, document)
  )
}
