import { toTypeId } from '@muster/runtime/type-ids'
import type { PersonFacts } from './person-facts.ts'
import { type ExplainReason, type Reasoned, reasoned } from './reasons.ts'

/** The manager of a person, and where the reference to it leads. */
export interface ManagerExplanation extends Reasoned {
  managerId: string | null
  /** As the directory writes it: an id, a name, an address. */
  reference: string | null
  /** The directory that gives it. */
  directoryId: string | null
  /** The user of that directory that it leads to. */
  directoryUserId: string | null
}

export function explainManager(facts: PersonFacts, userId: string): ManagerExplanation {
  const { manager, manager_id: managerId } = facts
  return {
    managerId: managerId && toTypeId('user', managerId),
    reference: manager?.reference ?? null,
    directoryId: manager && toTypeId('directory', manager.directory_id),
    directoryUserId: manager?.directory_user_id ?? null,
    ...reasoned(reasonFor(facts, userId)),
  }
}

function reasonFor({ manager, manager_id: managerId }: PersonFacts, userId: string): ExplainReason {
  if (manager === null) return managerId === null ? 'noManagerReference' : 'managerKept'
  const leadsTo = manager.user_id === userId ? null : manager.user_id
  if (leadsTo !== managerId) return 'notSettledYet'
  if (managerId !== null) return 'managerResolved'
  if (manager.directory_user_id === null) return 'managerUnknown'
  return manager.user_id === null ? 'managerWithoutPerson' : 'managerIsSelf'
}
