import type { Api } from '../api/api.ts'

/** An organization as the management API shows it. */
export interface Organization {
  id: string
  name: string
  adminEmail: string | null
  [name: string]: unknown
}

/** Who of a directory counts; replaced as a whole. */
export interface SyncFilters {
  includeGroups?: readonly string[]
  excludeGroups?: readonly string[]
  includeActive?: boolean
  customFilters?: Readonly<Record<string, readonly string[]>>
}

export interface OrganizationChanges {
  name?: string
  adminEmail?: string | null
  primaryDirectoryId?: string | null
  directoryConfig?: { syncFilters?: SyncFilters }
  [name: string]: unknown
}

/** `$.Organization` */
export interface Organizations {
  get(id: string): Promise<Organization>
  update(id: string, changes: OrganizationChanges): Promise<Organization>
}

export function createOrganizations(api: Api): Organizations {
  const at = (id: string) => ({ path: `/api/organizations/${encodeURIComponent(id)}`, withoutOrganization: true })
  return {
    get: (id) => api.send(at(id)),
    update: (id, body) => api.send({ method: 'PATCH', ...at(id), body }),
  }
}
