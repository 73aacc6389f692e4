import type { Api } from '../api/api.ts'
import { MusterApiError } from '../api/api-error.ts'
import { createListing, type Listing } from '../api/listing.ts'
import type { User } from '../generated/events.ts'
import { toUserBody, type UserValues } from './user-attributes.ts'

/** The organization a call is about, where it is not the client's. */
export interface OrganizationChoice {
  organizationId?: string | undefined
}

/** Narrows a list or a count of people; all of it must hold. */
export interface UserFilters extends OrganizationChoice {
  /** Exactly these people: up to 200. */
  ids?: readonly string[] | undefined
  /** The whole address, in any case. */
  email?: string | undefined
  /** Up to five words; with each the address, first name, last name or username begins. */
  q?: string | undefined
  state?: 'active' | 'inactive' | undefined
  directoryId?: string | undefined
  groupId?: string | undefined
  roleId?: string | undefined
  managerId?: string | undefined
  source?: 'directory' | 'manual' | undefined
}

/** To be added to the filters of a list. */
export interface PageChoice {
  /** Rows of a page, at most 1,000; default 100. */
  limit?: number | undefined
  after?: string | undefined
}

interface RoleChoice extends OrganizationChoice {
  userId: string
  roleId: string
}

/** Roles that are given by hand, beside those that role mappings give. */
export interface RoleAssignment {
  /** Gives it; who has it keeps it. */
  Role(role: RoleChoice): Promise<User>
}

export interface RoleRemoval {
  /** Takes it, as far as it was given by hand; undefined when it was not. */
  Role(role: RoleChoice): Promise<User | undefined>
}

/** `$.User`: the people of an organization. */
export interface Users {
  get(id: string, choice?: OrganizationChoice): Promise<User>
  list(filters?: UserFilters & PageChoice): Listing<User>
  count(filters?: UserFilters): Promise<number>
  /** A person whom no directory holds. */
  create(values: UserValues, choice?: OrganizationChoice): Promise<User>
  /** Manual values: what a directory provides ranks above them unless it is pinned. Unknown names become metadata. */
  update(id: string, values: UserValues, choice?: OrganizationChoice): Promise<User>
  /** Erases the person everywhere; not for taking access away. */
  erase(id: string, choice?: OrganizationChoice): Promise<void>
  assign: RoleAssignment
  unassign: RoleRemoval
}

export function createUsers(api: Api): Users {
  const at = (id: string) => `/api/users/${encodeURIComponent(id)}`
  return {
    get: (id, query) => api.send({ path: at(id), query: { ...query } }),
    list: (filters) => createListing(api, '/api/users', { ...filters }),
    count: async (filters) =>
      (await api.send<{ count: number }>({ path: '/api/users/count', query: { ...filters } })).count,
    create: (values, query) =>
      api.send({ method: 'POST', path: '/api/users', query: { ...query }, body: toUserBody(values) }),
    update: (id, values, query) =>
      api.send({ method: 'PATCH', path: at(id), query: { ...query }, body: toUserBody(values) }),
    erase: (id, query) => api.send({ method: 'DELETE', path: at(id), query: { ...query } }),
    assign: {
      Role: ({ userId, roleId, organizationId }) =>
        api.send({
          method: 'POST',
          path: `${at(userId)}/roles`,
          query: { organizationId },
          body: { roleId },
          repeatable: true,
        }),
    },
    unassign: {
      Role: ({ userId, roleId, organizationId }) =>
        api
          .send<User>({
            method: 'DELETE',
            path: `${at(userId)}/roles/${encodeURIComponent(roleId)}`,
            query: { organizationId },
          })
          .catch(undefinedIfAbsent),
    },
  }
}

function undefinedIfAbsent(error: unknown): undefined {
  if (!(error instanceof MusterApiError) || error.status !== 404) throw error
}
