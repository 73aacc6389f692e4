import { toTypeId } from '@muster/runtime/type-ids'
import type { Reader } from '../database/read.ts'
import { type AbsenceFacts, type FoundFacts, type FoundPerson, readAbsenceFacts } from './absence-facts.ts'
import { type DirectoryDescription, describeDirectory, explainLink, reasonsForNobody } from './explain-link.ts'
import type { AbsenceQuestion } from './found-users.ts'
import { explainLimits } from './limits.ts'
import { type Because, because, type ExplainReason, type Reasoned, reasoned } from './reasons.ts'
import { type WaysUp, waysUp } from './way-up.ts'

/** A directory user that matches: its person, and why it has none, does not count, or is not the person of its address. */
export interface FoundDirectoryUser {
  directoryId: string
  directory: DirectoryDescription | null
  /** The SCIM id: a bare UUID. */
  directoryUserId: string
  userId: string | null
  state: 'active' | 'inactive' | null
  reasons: Because[]
  /** The newest SCIM request about it in the log: the bare id. */
  lastRequestId: string | null
}

/** A person with the address or user name that was asked for, held by whatever directories, or by none. */
export interface FoundUser extends Reasoned {
  id: string
  state: 'active' | 'inactive'
}

export interface AbsenceExplanation {
  /** False when more match, or have more groups, than are looked at. */
  isComplete: boolean
  /** Why nothing matches; empty when something does. */
  reasons: Because[]
  directoryUsers: FoundDirectoryUser[]
  users: FoundUser[]
}

const idleReasons = {
  PAUSED: 'directoryPaused',
  PENDING: 'directoryUnused',
  ERROR: 'directoryFailing',
} as const satisfies Record<string, ExplainReason>

/** Explains who is behind an address, a name or an id, or why nobody is. */
export async function explainAbsence(reader: Reader, question: AbsenceQuestion): Promise<AbsenceExplanation> {
  const facts = await readAbsenceFacts(reader, question)
  const [directoryUsers, users] = [facts.directory_users ?? [], facts.users ?? []]
  const ways = waysUp(facts.edges, facts.named)
  return {
    isComplete:
      directoryUsers.length <= explainLimits.directoryUsers &&
      users.length <= explainLimits.users &&
      (facts.edges?.length ?? 0) <= explainLimits.edges,
    reasons: directoryUsers.length > 0 ? [] : reasonsForNothing(facts),
    directoryUsers: directoryUsers.slice(0, explainLimits.directoryUsers).map((found) => explain(found, facts, ways)),
    users: users.slice(0, explainLimits.users).map(describePerson),
  }
}

function reasonsForNothing({ idle }: AbsenceFacts): Because[] {
  const about = (idle ?? []).map(({ directory_id: id, name, status }) =>
    because(idleReasons[status], { directory: { id: toTypeId('directory', id), name } }),
  )
  return [because('neverSent'), ...about]
}

function explain(found: FoundFacts, facts: AbsenceFacts, ways: WaysUp): FoundDirectoryUser {
  const { link } = found
  const reasons =
    link === null
      ? reasonsForNobody(found, ways, facts.sync_filters)
      : [...explainLink(found, ways, facts.sync_filters, { decides: false }).reasons, ...reasonsApart(found, facts)]
  return {
    directoryId: toTypeId('directory', found.directory_id),
    directory: describeDirectory(found),
    directoryUserId: found.directory_user_id,
    userId: link && toTypeId('user', link.user_id),
    state: link?.state ?? null,
    reasons,
    lastRequestId: found.last_request_id,
  }
}

/** Why the address leads to another person; none when it leads to this one, or to nobody. */
function reasonsApart(found: FoundFacts, facts: AbsenceFacts): Because[] {
  const { claimed_by: claimant, link } = found
  if (claimant === null || claimant === link?.user_id) return []
  return [because(reasonApart(found, facts), { userId: toTypeId('user', claimant) })]
}

function reasonApart({ mapped, claimant_is_here: isTaken }: FoundFacts, facts: AbsenceFacts): ExplainReason {
  if (facts.link_by_email === 'never') return 'linkByEmailNever'
  const domain = mapped?.emailKey?.split('@')[1] ?? ''
  if (facts.link_by_email === 'verifiedDomains' && !facts.verified_domains.includes(domain)) return 'domainNotVerified'
  return isTaken ? 'personTaken' : 'linkedOnArrival'
}

function describePerson({ user_id: id, state, directory_id: directoryId, is_held: isHeld }: FoundPerson): FoundUser {
  const unheld = directoryId === null ? 'neverInDirectory' : 'lastLinkGone'
  return { id: toTypeId('user', id), state, ...reasoned(isHeld ? 'heldByDirectory' : unheld) }
}
