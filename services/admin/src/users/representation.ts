import { userSchema } from '@muster/events'
import type { Static } from 'typebox'

// A person: the repository shapes it, the same for events and webhooks (`toUserView`), and the event catalogue describes it.
export { userSchema }

/** Its dates become text when it is serialised by the schema. */
export function representUser(user: Record<string, unknown>): Static<typeof userSchema> {
  return user as Static<typeof userSchema>
}
