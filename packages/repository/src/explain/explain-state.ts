import type { LinkExplanation } from './explain-link.ts'
import type { PersonFacts } from './person-facts.ts'
import { type Reasoned, reasoned } from './reasons.ts'

/** Why a person is active or inactive; the links by rank, the highest first. */
export interface StateExplanation extends Reasoned {
  value: 'active' | 'inactive'
  links: LinkExplanation[]
}

export function explainState(facts: PersonFacts, links: LinkExplanation[]): StateExplanation {
  return { value: facts.state, ...reasonFor(facts, links), links }
}

function reasonFor({ state, directory_id: directoryId }: PersonFacts, links: readonly LinkExplanation[]): Reasoned {
  if (links.length === 0) return reasoned(directoryId === null ? 'neverInDirectory' : 'lastLinkGone')
  const deciding = links.find(({ decides }) => decides)
  if (deciding === undefined || deciding.active !== (state === 'active')) return reasoned('notSettledYet')
  return reasoned(deciding.active ? 'decidingLinkActive' : 'decidingLinkInactive')
}
