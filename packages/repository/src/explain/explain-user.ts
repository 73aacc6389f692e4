import { toTypeId } from '@muster/runtime/type-ids'
import type { Reader } from '../database/read.ts'
import {
  type AttributeExplanation,
  type AttributeInDirectory,
  explainAttributes,
  explainInDirectories,
} from './explain-attributes.ts'
import { explainGroup, type GroupExplanation, type Standing, unknownGroup } from './explain-group.ts'
import { explainLink, type LinkExplanation } from './explain-link.ts'
import { explainManager, type ManagerExplanation } from './explain-manager.ts'
import { type AskedRole, explainRole, explainRoles, type RoleExplanation } from './explain-roles.ts'
import { explainState, type StateExplanation } from './explain-state.ts'
import { explainLimits } from './limits.ts'
import { isComplete, type PersonFacts, readPersonFacts } from './person-facts.ts'
import { type WaysUp, waysUp } from './way-up.ts'

/** What is asked for in particular. `groupId` is a UUID; `attribute` as a mapping names it. */
export interface UserQuestion {
  roleId?: string | undefined
  groupId?: string | undefined
  attribute?: string | undefined
}

/** Why a person is what it is. What was not asked for in particular is absent. */
export interface UserExplanation {
  userId: string
  /** False when the person has more groups or roles than are looked at: what is said of them may then be wrong. */
  isComplete: boolean
  state: StateExplanation
  attributes: AttributeExplanation[]
  manager: ManagerExplanation
  groups: GroupExplanation[]
  roles: RoleExplanation[]
  role?: AskedRole
  group?: GroupExplanation
  attribute?: { name: string; directories: AttributeInDirectory[] }
}

/**
 * Explains a person: why the state, each value, each group and each role, and what is missing for a role or group that the
 * person has not. Undefined when there is no such person.
 */
export async function explainUser(
  reader: Reader,
  userId: string,
  question: UserQuestion = {},
): Promise<UserExplanation | undefined> {
  const facts = await readPersonFacts(reader, userId, question)
  if (facts === undefined) return undefined
  const standing = standingOf(facts)
  const groups = (facts.groups ?? []).slice(0, explainLimits.groups)
  const roles = explainRoles((facts.roles ?? []).slice(0, explainLimits.roles), facts.groups ?? [], standing)
  return {
    userId: toTypeId('user', userId),
    isComplete: isComplete(facts),
    state: explainState(facts, [...standing.explained]),
    attributes: explainAttributes(facts, question.attribute),
    manager: explainManager(facts, userId),
    groups: groups.map((group) => explainGroup(group, standing)),
    roles,
    ...explainAsked(facts, question, roles, standing),
  }
}

function standingOf(facts: PersonFacts): Standing {
  const links = facts.links ?? []
  const ways = waysUp(facts.edges, facts.named)
  return { state: facts.state, links, explained: explainLinks(facts, ways), ways }
}

/** The highest-ranked directory that says anything decides. */
function explainLinks({ links, sync_filters: filters }: PersonFacts, ways: WaysUp): LinkExplanation[] {
  const deciding = links?.find(({ mapped }) => mapped !== null)
  return (links ?? []).map((link) => explainLink(link, ways, filters, { decides: link === deciding }))
}

function explainAsked(
  facts: PersonFacts,
  { roleId, groupId, attribute }: UserQuestion,
  roles: readonly RoleExplanation[],
  standing: Standing,
): Pick<UserExplanation, 'role' | 'group' | 'attribute'> {
  const mappings = (facts.mappings ?? []).slice(0, explainLimits.mappings)
  const group = facts.asked_group
  return {
    ...(roleId !== undefined && { role: explainRole(roleId, roles, mappings, standing) }),
    ...(groupId !== undefined && {
      group: group === null ? unknownGroup(toTypeId('group', groupId), null, null) : explainGroup(group, standing),
    }),
    ...(attribute !== undefined && {
      attribute: { name: attribute, directories: explainInDirectories(facts.links ?? [], attribute) },
    }),
  }
}
