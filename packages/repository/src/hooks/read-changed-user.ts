import { isCustomAttribute, isShownAttribute, mappingLimits, type Provided, shapeAttributes } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import type { Json, JsonObject } from '@muster/scim'
import { patchMetadata } from '../people/manual/metadata.ts'
import { withKeys } from '../people/technical-keys.ts'
import type { ShownUser } from './shown-user.ts'

/** As when a value is given by hand. */
const textCharactersMax = 4_096
const emailCharactersMax = 320
const emailPattern = /^[^@\s]+@[^@\s]+$/

/** The attributes of a user by where a view has them. */
const places = shapeAttributes({})
const profileNames = new Set(Object.keys(places.profile))

/**
 * What a hook made of a user that it was shown: attributes that came back with another value are pinned, members that a
 * user does not have are metadata, beside what `metadata` itself holds. Nothing is ever blanked: null, an empty text and a
 * member left out say nothing. Other members, such as `id` and `groups`, are not the hook's to change.
 * @throws `invalidValue` for a value that cannot be pinned or kept
 */
export function readChangedUser(user: JsonObject, shown: ShownUser): { pinned: Provided; metadata: JsonObject } {
  const profile = objectIn(user, 'profile')
  const custom = objectIn(user, 'customAttributes')
  const returned: JsonObject = {
    ...pick(user, Object.keys(places.user)),
    ...pick(profile, [...profileNames]),
    ...Object.fromEntries(Object.entries(custom).map(([name, value]) => [`customAttributes.${name}`, value])),
  }
  const pinned: Provided = {}
  for (const [name, value] of Object.entries(returned)) {
    if (value === null || value === '' || value === shown.attributes[name]) continue
    pinned[name] = readValue(name, value)
  }
  if (Object.keys(pinned).filter(isCustomAttribute).length > mappingLimits.customAttributes) {
    throw new MusterError('invalidValue', `At most ${mappingLimits.customAttributes} custom attributes can be changed.`)
  }
  return { pinned: withKeys(pinned), metadata: metadataOf(user, profile, shown) }
}

function readValue(name: string, value: Json | undefined): string {
  if (!isShownAttribute(name)) throw new MusterError('invalidValue', 'customAttributes has a name that cannot be kept.')
  const max = name === 'email' ? emailCharactersMax : textCharactersMax
  if (typeof value !== 'string' || value.trim() === '' || value.length > max) {
    throw new MusterError('invalidValue', `${name} is not a text of 1 to ${max} characters.`)
  }
  if (name === 'email' && !emailPattern.test(value)) throw new MusterError('invalidValue', 'email is not an address.')
  return value
}

function metadataOf(user: JsonObject, profile: JsonObject, { members }: ShownUser): JsonObject {
  const unknown = Object.entries(user).filter(([name]) => !members.includes(name))
  const ofProfile = Object.entries(profile).filter(([name]) => !profileNames.has(name))
  return patchMetadata(
    {},
    {
      ...Object.fromEntries(unknown),
      ...(ofProfile.length > 0 && { profile: Object.fromEntries(ofProfile) }),
      ...objectIn(user, 'metadata'),
    },
  )
}

function objectIn(user: JsonObject, name: string): JsonObject {
  const value = user[name] ?? {}
  if (typeof value === 'object' && !Array.isArray(value)) return value
  throw new MusterError('invalidValue', `${name} is not an object.`)
}

function pick(from: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])))
}
