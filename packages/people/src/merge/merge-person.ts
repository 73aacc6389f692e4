import type { Provided } from '../attributes.ts'

/** A person as the merge keeps them. */
export interface MergedPerson {
  /** What is shown, and what is kept when nobody provides it any longer. */
  attributes: Provided
  state: 'active' | 'inactive'
  /** The highest-ranked directory that holds the person, or the last one that did. */
  directoryId: string | null
  idpId: string | null
  /** What somebody entered by hand: below what directories say, and above them. */
  manual: Provided
  pinned: Provided
}

/** What one directory says of the person. */
export interface PersonSource {
  directoryId: string
  /** Whether the link counts as active: the directory user is, and passes the filters. */
  active: boolean
  provided: Provided
  idpId: string | null
}

/**
 * The person that follows from what the directories say, the highest rank first: of each attribute the pinned value,
 * else the highest-ranked provided one, else the manual one, else the one it had. State, directory and the source's id
 * come from the highest rank. Without a source they stay as they are, but for the state of who lost the last one just
 * now: inactive. Merging again changes nothing. What the repository does in SQL must agree with it.
 */
export function mergePerson(
  person: MergedPerson,
  sources: readonly PersonSource[],
  { wasHeld }: { wasHeld: boolean },
): MergedPerson {
  const [top] = sources
  const provided = sources.map((source) => source.provided).reverse()
  const attributes: Provided = Object.assign({}, person.attributes, person.manual, ...provided, person.pinned)
  if (top !== undefined) {
    const state = top.active ? 'active' : 'inactive'
    return { ...person, attributes, state, directoryId: top.directoryId, idpId: top.idpId }
  }
  return { ...person, attributes, state: wasHeld ? 'inactive' : person.state }
}
