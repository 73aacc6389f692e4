import type { Api } from '../api/api.ts'
import { createListing, type Listing } from '../api/listing.ts'
import type { OrganizationChoice, PageChoice } from './users.ts'

/** A directory as the management API shows it. */
export interface Directory {
  id: string
  name: string
  type: string
  status: string
  organizationId: string
  [name: string]: unknown
}

/** What happened by simulating, by the events that followed. */
export interface Simulation {
  events: { id: string; sequence: number; type: string }[]
  [name: string]: unknown
}

export interface TestDirectoryDraft extends OrganizationChoice {
  name?: string
  /** 0 to 1,000; default 10. */
  users?: number
  /** 0 to 100; default 3. */
  groups?: number
}

/** `$.Directory`, beside the constants of events: directories, and those that are for trying things out. */
export interface Directories {
  list(page?: PageChoice & OrganizationChoice): Listing<Directory>
  get(id: string, choice?: OrganizationChoice): Promise<Directory>
  /** A directory with made-up people and groups; refused in production. */
  createTest(draft?: TestDirectoryDraft): Promise<Directory>
  /**
   * Makes something happen in a test directory, by default in the newest: `simulate('user.created', { email })`. It is
   * a real change, and its events follow.
   */
  simulate(
    event: string,
    data?: Readonly<Record<string, unknown>>,
    choice?: OrganizationChoice & { directoryId?: string },
  ): Promise<Simulation>
}

export function createDirectories(api: Api): Directories {
  const list = (page = {}) => createListing<Directory>(api, '/api/directory', page)
  return {
    list,
    get: (id, query) => api.send({ path: `/api/directory/${encodeURIComponent(id)}`, query: { ...query } }),
    createTest: ({ organizationId, ...body } = {}) =>
      api.send({ method: 'POST', path: '/api/test-directories', query: { organizationId }, body }),
    simulate: async (event, data, { organizationId, directoryId } = {}) => {
      const id = directoryId ?? (await newestTestDirectory(api, organizationId))
      const path = `/api/directory/${encodeURIComponent(id)}/simulate`
      return api.send({ method: 'POST', path, query: { organizationId }, body: { event, ...(data && { data }) } })
    },
  }
}

async function newestTestDirectory(api: Api, organizationId: string | undefined): Promise<string> {
  const query = { organizationId, limit: 1 }
  const { data } = await createListing<Directory>(api, '/api/test-directories', query).page()
  if (data[0] === undefined) throw new Error('There is no test directory: $.Directory.createTest() makes one')
  return data[0].id
}
