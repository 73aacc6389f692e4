import { isShownAttribute, type Provided } from '../attributes.ts'
import type { MergedPerson, PersonSource } from './merge-person.ts'

/** Who says something about an attribute: a directory by its id, somebody by hand, or the person of before. */
export type ValueSource = 'pinned' | 'manual' | 'kept' | (string & {})

export interface SourcedValue {
  readonly value: string
  readonly source: ValueSource
}

export interface Winner extends SourcedValue {
  /** What others say and is not shown, the strongest first. What the person had before is none of it: it was somebody's. */
  readonly losing: readonly SourcedValue[]
}

/** For each attribute that the merged person shows: who provides its value, and what else is said. */
export function winners(person: MergedPerson, sources: readonly PersonSource[]): Record<string, Winner> {
  const voices: { source: ValueSource; says: Provided }[] = [
    { source: 'pinned', says: person.pinned },
    ...sources.map(({ directoryId, provided }) => ({ source: directoryId, says: provided })),
    { source: 'manual', says: person.manual },
  ]
  const names = new Set([person.attributes, ...voices.map(({ says }) => says)].flatMap(Object.keys))
  const found = [...names].filter(isShownAttribute).map((name) => {
    const said = voices.flatMap(({ source, says }) => saidOf(says, name, source))
    const [winner, ...losing] = said.length > 0 ? said : saidOf(person.attributes, name, 'kept')
    return winner === undefined ? [] : ([[name, { ...winner, losing }]] as const)
  })
  return Object.fromEntries(found.flat())
}

function saidOf(says: Provided, name: string, source: ValueSource): SourcedValue[] {
  const value = says[name]
  return value === undefined ? [] : [{ value, source }]
}
