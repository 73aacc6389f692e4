import { type Profile, type ProfileName, profiles } from './profile.ts'
import { type ResourceTypes, standardResourceTypes } from './schema/resource-types.ts'

/** What the SCIM endpoint of one directory understands: its resource types, and the deviations it tolerates. */
export interface Dialect {
  readonly types: ResourceTypes
  readonly profile: Profile
}

/** The dialects of directories without anything of their own. */
export const standardDialects: Record<ProfileName, Dialect> = {
  compatible: { types: standardResourceTypes, profile: profiles.compatible },
  strict: { types: standardResourceTypes, profile: profiles.strict },
}
