import type { Api } from '../api/api.ts'
import type { Page } from '../api/listing.ts'
import type { MusterEvent, User } from '../generated/events.ts'
import type { MembershipType } from './happenings.ts'

/** Ids that one request may name. */
const idsMax = 200

/** The people of a membership event as they are now, in its order. Who was erased meanwhile is passed over. */
export async function* loadMembers(api: Api, event: MusterEvent<MembershipType>): AsyncGenerator<User> {
  const { userIds } = event.data
  for (let from = 0; from < userIds.length; from += idsMax) {
    const ids = userIds.slice(from, from + idsMax)
    const query = { ids, limit: idsMax, organizationId: event.organizationId }
    const { data } = await api.send<Page<User>>({ path: '/api/users', query })
    const found = new Map(data.map((user) => [user.id, user]))
    for (const id of ids) {
      const user = found.get(id)
      if (user !== undefined) yield user
    }
  }
}
