import { compileFilters, type FilterReason, filterReasons, parseSyncFilters } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import type { DirectoryStatus, DirectoryType } from '../tables.ts'
import type { FoundFacts } from './absence-facts.ts'
import type { HoldFacts, LinkFacts } from './link-facts.ts'
import { type Because, because } from './reasons.ts'
import type { WaysUp } from './way-up.ts'

/** A hold that a removal waits in; `since` is ISO 8601. */
export interface HoldReference {
  id: string
  since: string
}

export interface DirectoryDescription {
  id: string
  name: string
  type: DirectoryType
  status: DirectoryStatus
}

/** A directory user behind a person, and why it counts as active or does not. */
export interface LinkExplanation {
  directoryId: string
  /** Null when the directory is gone. */
  directory: DirectoryDescription | null
  /** The SCIM id: a bare UUID. */
  directoryUserId: string
  active: boolean
  /** What the directory says; null when it does not have the user any more. */
  activeInDirectory: boolean | null
  hold: HoldReference | null
  /** Whether it decides about the state of the person: it ranks highest. */
  decides: boolean
  reasons: Because[]
}

/** Explains a link; `decides` is for who knows the others. */
export function explainLink(
  facts: LinkFacts,
  ways: WaysUp,
  organizationFilters: JsonObject,
  { decides }: { decides: boolean },
): LinkExplanation {
  const active = facts.link?.active ?? false
  const against = reasonsAgainst(facts, ways, organizationFilters)
  const reasons = [...against]
  if (facts.hold !== null) reasons.push(because('removalHeld'))
  else if (active !== (against.length === 0)) reasons.push(because('notSettledYet'))
  else if (active) reasons.push(because('counts'))
  if (facts.directory?.status === 'PAUSED') reasons.push(because('directoryPaused'))
  return {
    directoryId: toTypeId('directory', facts.directory_id),
    directory: describeDirectory(facts),
    directoryUserId: facts.directory_user_id,
    active,
    activeInDirectory: facts.present?.active ?? null,
    hold: describeHold(facts.hold),
    decides,
    reasons,
  }
}

/** Why a directory user has no person: never because it is inactive. */
export function reasonsForNobody(facts: FoundFacts, ways: WaysUp, organizationFilters: JsonObject): Because[] {
  const against = filtered(facts, ways, organizationFilters)
  const reasons = against.length > 0 ? against : [reasonOfArrival(facts.arrival)]
  return facts.directory?.status === 'PAUSED' ? [...reasons, because('directoryPaused')] : reasons
}

function reasonOfArrival(arrival: FoundFacts['arrival']): Because {
  if (arrival === null) return because('notSettledYet')
  if (arrival.state === 'waiting') return because('waitsForHook')
  return because('vetoedByHook', arrival.reason === null ? {} : { said: arrival.reason })
}

export function describeDirectory({ directory, directory_id: id }: LinkFacts): DirectoryDescription | null {
  if (directory === null) return null
  const { name, type, status } = directory
  return { id: toTypeId('directory', id), name, type, status }
}

export function describeHold(hold: HoldFacts | null): HoldReference | null {
  return hold && { id: toTypeId('hold', hold.hold_id), since: new Date(hold.created_at).toISOString() }
}

function reasonsAgainst(facts: LinkFacts, ways: WaysUp, organizationFilters: JsonObject): Because[] {
  if (facts.present === null) return [because('goneFromDirectory')]
  const inactive = facts.present.active ? [] : [because('inactiveInDirectory')]
  return [...inactive, ...filtered(facts, ways, organizationFilters)]
}

function filtered(facts: LinkFacts, ways: WaysUp, organizationFilters: JsonObject): Because[] {
  const { present, mapped, directory, directory_user_id: id } = facts
  if (present === null) return []
  const filters = [organizationFilters, directory?.sync_filters ?? {}].map(parseSyncFilters).map(compileFilters)
  const { active, resource: document } = present
  return filterReasons(filters, { active, document, provided: mapped ?? {}, groups: ways.groupsOf(id) }).map(toBecause)
}

function toBecause(found: FilterReason): Because {
  const scope = found.filters === 0 ? 'organization' : 'directory'
  switch (found.reason) {
    case 'notActive':
      return because('onlyActiveAreIncluded', { scope })
    case 'notInIncludedGroup':
      return because('notInIncludedGroup', { scope })
    case 'inExcludedGroup':
      return because('inExcludedGroup', { scope, group: found.group })
    case 'customFilter':
      return because('customFilter', { scope, key: found.key })
  }
}
