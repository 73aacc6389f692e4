import { compileMapping, type PersonSource, parseMapping, type SourcedValue, winners } from '@muster/people'
import { fromTypeId, toTypeId } from '@muster/runtime/type-ids'
import type { LinkFacts } from './link-facts.ts'
import type { PersonFacts } from './person-facts.ts'
import { type ExplainReason, type Reasoned, reasoned } from './reasons.ts'

type SourceKind = 'pinned' | 'directory' | 'manual' | 'kept'

/** A value and who says it; `directoryId` is null unless a directory does. */
export interface SaidValue {
  value: string
  source: SourceKind
  directoryId: string | null
}

/** The value that a person shows, why this one, and what else is said, the strongest first. */
export interface AttributeExplanation extends Reasoned {
  /** As a mapping names it: `department`, `customAttributes.shoeSize`. */
  name: string
  value: string | null
  source: SourceKind | null
  directoryId: string | null
  losing: SaidValue[]
}

/** What one directory says of an attribute, and by which expression. */
export interface AttributeInDirectory extends Reasoned {
  directoryId: string
  directoryUserId: string
  /** Null when the mapping does not fill the attribute, or the directory is gone. */
  expression: string | null
  value: string | null
}

const reasonOf: Record<SourceKind, ExplainReason> = {
  pinned: 'valuePinned',
  directory: 'valueFromDirectory',
  manual: 'valueByHand',
  kept: 'valueKept',
}

/** All attributes that the person shows or that anybody says, by name; `only` one of them, even if there is none. */
export function explainAttributes(facts: PersonFacts, only: string | undefined): AttributeExplanation[] {
  const { attributes, state, directory_id: directoryId, idp_id: idpId, manual, pinned } = facts
  const found = winners({ attributes, state, directoryId, idpId, manual, pinned }, sourcesOf(facts.links ?? []))
  const explained = Object.entries(found).map(([name, { value, source, losing }]) =>
    explain(name, attributes[name], [{ value, source }, ...losing].map(toSaid)),
  )
  if (only === undefined) return explained.sort((a, b) => (a.name < b.name ? -1 : 1))
  const asked = explained.filter(({ name }) => name === only)
  return asked.length > 0 ? asked : [explain(only, undefined, [])]
}

/** The attribute in each directory that holds the person, by rank. */
export function explainInDirectories(links: readonly LinkFacts[], name: string): AttributeInDirectory[] {
  return links.map((link) => {
    const { directory, mapped, present } = link
    const { expressions } = compileMapping(directory?.type ?? 'SCIM', parseMapping(directory?.mapping ?? {}))
    const expression = directory && (new Map<string, string>(expressions).get(name) ?? null)
    const value = mapped?.[name] ?? null
    return {
      directoryId: toTypeId('directory', link.directory_id),
      directoryUserId: link.directory_user_id,
      expression,
      value,
      ...reasoned(reasonInDirectory({ isGone: present === null, isMapped: expression !== null, value })),
    }
  })
}

function reasonInDirectory(said: { isGone: boolean; isMapped: boolean; value: string | null }): ExplainReason {
  if (said.isGone) return 'goneFromDirectory'
  if (said.value !== null) return 'provided'
  return said.isMapped ? 'nothingFound' : 'notMapped'
}

/** `voices`: the strongest first. What is shown may still be what a weaker one says, while a settlement is under way. */
function explain(name: string, shown: string | undefined, voices: readonly SaidValue[]): AttributeExplanation {
  const strongest = voices[0]
  if (shown === undefined) {
    const reason = strongest === undefined ? 'valueMissing' : 'notSettledYet'
    return { name, value: null, source: null, directoryId: null, losing: [...voices], ...reasoned(reason) }
  }
  const shownBy = voices.find(({ value }) => value === shown) ?? { value: shown, source: 'kept', directoryId: null }
  const isSettled = strongest === undefined || strongest === shownBy
  const losing = voices.filter((said) => said !== shownBy)
  return { name, ...shownBy, losing, ...reasoned(isSettled ? reasonOf[shownBy.source] : 'notSettledYet') }
}

function sourcesOf(links: readonly LinkFacts[]): PersonSource[] {
  return links.flatMap(({ directory_id: id, link, mapped, external_id: idpId }) =>
    mapped === null
      ? []
      : [{ directoryId: toTypeId('directory', id), active: link?.active ?? false, provided: mapped, idpId }],
  )
}

function toSaid({ value, source }: SourcedValue): SaidValue {
  if (fromTypeId('directory', source) === undefined) return { value, source: source as SourceKind, directoryId: null }
  return { value, source: 'directory', directoryId: source }
}
