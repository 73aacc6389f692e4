import { MusterError } from '@muster/runtime/errors'
import { isObject } from '../json.ts'
import type { Profile } from '../profile.ts'
import { isStorableText } from '../value/storable-text.ts'

/**
 * The ids in a value of `members`: `[{ value, … }]`, null for none; in the compatible profile one object or bare ids
 * too. Without repetition, in order. Linear: a group may have 100,000 members.
 * @throws `invalidValue` for an entry without an id
 */
export function memberIds(raw: unknown, profile: Profile): string[] {
  if (raw === null || raw === undefined || (raw === '' && profile.emptyStringUnassigns)) return []
  const list = Array.isArray(raw) ? raw : profile.singleAsList ? [raw] : undefined
  if (!list) throw new MusterError('invalidValue', 'members must be a list')
  return [...new Set(list.map((entry, index) => memberId(entry, index, profile)))]
}

function memberId(entry: unknown, index: number, profile: Profile): string {
  const id = isObject(entry) ? idOf(entry) : profile.wrapSimpleAsComplex ? entry : undefined
  if (typeof id === 'string' && id !== '' && isStorableText(id)) return id
  throw new MusterError('invalidValue', `members[${index}].value must be the id of a member`)
}

/** `value` in any case (RFC 7643 §2.1). */
function idOf(entry: Record<string, unknown>): unknown {
  if (Object.hasOwn(entry, 'value')) return entry.value
  const name = Object.keys(entry).find((key) => key.toLowerCase() === 'value')
  return name === undefined ? undefined : entry[name]
}
