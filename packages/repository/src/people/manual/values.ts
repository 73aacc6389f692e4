import { isCustomAttribute, isShownAttribute, mappingLimits, type Provided } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import { withKeys, withoutAttributes } from '../technical-keys.ts'

/** What administrators said of a person: below every directory, and above every directory. Never of one attribute both. */
interface ManualValues {
  manual: Provided
  pinned: Provided
}

/** A person as far as a manual change needs it. */
interface PersonValues extends ManualValues {
  /** What is shown, and what is kept. */
  attributes: Provided
  /** What directories provide, the highest rank over the others. */
  provided: Provided
}

export interface ValueChanges {
  /** Attribute → its manual value; null withdraws it. */
  values: Readonly<Record<string, string | null>>
  /** The attributes that are pinned from now on; undefined: those that are. */
  pinned?: readonly string[] | undefined
}

/**
 * What administrators say of the person after the change, and the attributes without what is to be forgotten. A pinned
 * attribute that is given a value is pinned at that; one that is pinned just now at its manual value, else at the value
 * shown; one that is withdrawn is not pinned any more. What is unpinned stays as a manual value.
 * @throws `invalidValue` for a pin without a value, or for too many custom attributes
 */
export function planManualValues(person: PersonValues, changes: ValueChanges): ManualValues & { attributes: Provided } {
  const given = Object.entries(changes.values)
  const withdrawn = given.filter(([, value]) => value === null).map(([name]) => name)
  const said: Provided = { ...shownOnly(person.manual), ...shownOnly(person.pinned) }
  for (const [name, value] of given) {
    if (value === null) delete said[name]
    else said[name] = value
  }
  const kept = withoutAttributes(person.attributes, withdrawn)
  const shown: Provided = { ...kept, ...person.provided }
  const pins = changes.pinned ?? Object.keys(person.pinned).filter((name) => isShownAttribute(name) && name in said)
  const pinned: Provided = {}
  for (const [index, name] of pins.entries()) {
    const value = said[name] ?? shown[name]
    if (!isShownAttribute(name) || value === undefined) {
      throw new MusterError('invalidValue', `pinned[${index}] is not an attribute of the person that has a value.`)
    }
    pinned[name] = value
  }
  assertFewCustom({ ...said, ...pinned })
  return { manual: withKeys(withoutAttributes(said, pins)), pinned: withKeys(pinned), attributes: kept }
}

function shownOnly(values: Provided): Provided {
  return Object.fromEntries(Object.entries(values).filter(([name]) => isShownAttribute(name)))
}

function assertFewCustom(values: Provided): void {
  const max = mappingLimits.customAttributes
  if (Object.keys(values).filter(isCustomAttribute).length > max) {
    throw new MusterError('invalidValue', `At most ${max} custom attributes can be given by hand.`)
  }
}
