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

/** A sync run as the management API shows it; `status` is `waiting` or `running` when it takes longer than was waited. */
export interface SyncRun {
  id: string
  purpose: string
  status: string
  [name: string]: unknown
}

export interface RunChoice extends OrganizationChoice {
  /** Reads everything, also when changes would do. */
  scan?: 'full'
  /** Seconds to wait for the end of the run, 0 to 30; 20 unless set. */
  wait?: number
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
  /** Reads a directory that is not pushed to, now. Fails with what went wrong and, as `hint`, what to do. */
  sync(id: string, choice?: RunChoice): Promise<{ synced?: number; run: SyncRun }>
  /** What a sync would change, by kind and effect (`user.create`); changes nothing. */
  plan(id: string, choice?: RunChoice): Promise<{ planned?: Record<string, number>; run: SyncRun }>
  /** Takes nothing in until it is resumed. */
  pause(id: string, choice?: OrganizationChoice): Promise<Directory>
  resume(id: string, choice?: OrganizationChoice): Promise<Directory>
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

/** Less than a request may take. */
const waitSeconds = 20

export function createDirectories(api: Api): Directories {
  const list = (page = {}) => createListing<Directory>(api, '/api/directory', page)
  // All of these may be repeated: who asks for a run twice gets one.
  const tell = <T>(id: string, verb: string, organizationId?: string, body: object = {}) =>
    api.send<T>({ method: 'POST', path: `${pathOf(id)}/${verb}`, query: { organizationId }, body, repeatable: true })
  return {
    list,
    get: (id, query) => api.send({ path: pathOf(id), query: { ...query } }),
    sync: (id, { organizationId, ...body } = {}) => tell(id, 'sync', organizationId, { wait: waitSeconds, ...body }),
    plan: (id, { organizationId, ...body } = {}) => tell(id, 'plan', organizationId, { wait: waitSeconds, ...body }),
    pause: (id, { organizationId } = {}) => tell(id, 'pause', organizationId),
    resume: (id, { organizationId } = {}) => tell(id, 'resume', organizationId),
    createTest: ({ organizationId, ...body } = {}) =>
      api.send({ method: 'POST', path: '/api/test-directories', query: { organizationId }, body }),
    simulate: async (event, data, { organizationId, directoryId } = {}) => {
      const id = directoryId ?? (await newestTestDirectory(api, organizationId))
      const path = `${pathOf(id)}/simulate`
      return api.send({ method: 'POST', path, query: { organizationId }, body: { event, ...(data && { data }) } })
    },
  }
}

function pathOf(id: string): string {
  return `/api/directory/${encodeURIComponent(id)}`
}

async function newestTestDirectory(api: Api, organizationId: string | undefined): Promise<string> {
  const query = { organizationId, limit: 1 }
  const { data } = await createListing<Directory>(api, '/api/test-directories', query).page()
  if (data[0] === undefined) throw new Error('There is no test directory: $.Directory.createTest() makes one')
  return data[0].id
}
