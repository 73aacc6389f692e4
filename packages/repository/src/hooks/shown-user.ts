import type { Provided } from '@muster/people'

/** A person to be, as the hook was shown it. */
export interface ShownUser {
  /** TypeID. */
  id: string
  attributes: Provided
  /** Members of the view, without their values: what comes back beside them is metadata. */
  members: readonly string[]
}
