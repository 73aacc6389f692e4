import type { Directory } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { type CompatibilityFlag, compatibilityFlags, type Profile, profileOf } from '@muster/scim'
import { Type } from 'typebox'

const flagNames = Object.keys(compatibilityFlags) as CompatibilityFlag[]

/** One member for each compatibility flag, described by why there is one. */
function flagMembers(type: 'boolean' | readonly ['boolean', 'null']) {
  return Object.fromEntries(flagNames.map((flag) => [flag, { type, description: compatibilityFlags[flag] }]))
}

/** What a client wants otherwise than the profile says; null takes back what it said. */
export const scimFlagChanges = Type.Unsafe<Partial<Record<CompatibilityFlag, boolean | null>>>({
  type: 'object',
  properties: flagMembers(['boolean', 'null']),
  description:
    'Deviations from the RFCs, where this directory is to have them otherwise than its profile. Null: as it.',
})

export const scimFlagsSchema = Type.Unsafe<Directory['scimFlags']>({
  type: 'object',
  properties: flagMembers('boolean'),
  description: 'The flags that are otherwise than the profile says.',
})

export const effectiveScimFlagsSchema = Type.Unsafe<Profile>({
  type: 'object',
  properties: flagMembers('boolean'),
  description: 'All flags as they are for this directory.',
})

/** @throws `invalidValue` naming the flags there are */
export function checkFlagNames(changes: Record<string, unknown>): void {
  const unknown = Object.keys(changes).some((name) => !Object.hasOwn(compatibilityFlags, name))
  if (!unknown) return
  throw new MusterError('invalidValue', `body.scimFlags has an unknown flag; the flags are ${flagNames.join(', ')}.`)
}

export function effectiveFlags({ scimProfile, scimFlags }: Directory): Profile {
  return profileOf(scimProfile, scimFlags)
}
