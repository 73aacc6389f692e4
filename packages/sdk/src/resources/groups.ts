import type { Api } from '../api/api.ts'
import { createListing, type Listing } from '../api/listing.ts'
import type { Group } from '../generated/events.ts'
import type { OrganizationChoice, PageChoice } from './users.ts'

export interface GroupFilters extends OrganizationChoice {
  /** The whole name, exactly. */
  name?: string | undefined
  /** What the name begins with, in any case. */
  q?: string | undefined
  directoryId?: string | undefined
  /** The groups this person is in. */
  userId?: string | undefined
}

/** `$.Group`: the groups of all directories of an organization. */
export interface Groups {
  /** `userCount` is null when they are more than 10,000. */
  get(id: string, choice?: OrganizationChoice): Promise<Group & { userCount: number | null }>
  list(filters?: GroupFilters & PageChoice): Listing<Group>
  count(filters?: GroupFilters): Promise<number>
}

export function createGroups(api: Api): Groups {
  return {
    get: (id, query) => api.send({ path: `/api/groups/${encodeURIComponent(id)}`, query: { ...query } }),
    list: (filters) => createListing(api, '/api/groups', { ...filters }),
    count: async (filters) =>
      (await api.send<{ count: number }>({ path: '/api/groups/count', query: { ...filters } })).count,
  }
}
