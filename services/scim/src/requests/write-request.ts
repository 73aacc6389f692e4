import type { Selection } from '@muster/scim'
import type { EntityTags } from './preconditions.ts'

/** What a client says about a write besides its body. */
export interface WriteRequest {
  /** The attributes that the answer shows; undefined when it has no body, so that nobody reads what nobody sees. */
  selection: Selection | undefined
  /** The versions in which the resource may be changed; undefined for any. */
  expected?: EntityTags | undefined
}
