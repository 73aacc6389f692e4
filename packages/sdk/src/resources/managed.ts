import type { Api } from '../api/api.ts'
import { createListing, type Listing } from '../api/listing.ts'
import type { OrganizationChoice, PageChoice } from './users.ts'

type Members = Readonly<Record<string, unknown>>

/** Something that is set up by its URL, with a secret that it shows once: a webhook endpoint or an inline hook. */
export interface Managed {
  id: string
  url: string
  [name: string]: unknown
}

/** What is common to `$.Webhook` and `$.Hook`; the members of a body are those of the management API. */
export interface ManagedResource {
  /** `secret` is shown this once. */
  create(draft: Members & OrganizationChoice): Promise<Managed & { secret: string }>
  get(id: string, choice?: OrganizationChoice): Promise<Managed>
  list(page?: PageChoice & OrganizationChoice): Listing<Managed>
  update(id: string, changes: Members, choice?: OrganizationChoice): Promise<Managed>
  delete(id: string, choice?: OrganizationChoice): Promise<void>
  /** A new secret; the old one signs along for a while. */
  rotateSecret(id: string, choice?: OrganizationChoice & { overlapHours?: number }): Promise<{ secret: string }>
  /** Sends a signed message now and says what came back. */
  test(id: string, choice?: OrganizationChoice): Promise<Members>
}

/** `$.Webhook`, beyond that. */
export interface Webhooks extends ManagedResource {
  /** Delivers every event behind this one again. */
  replay(id: string, from: { after: number } & OrganizationChoice): Promise<Members>
}

export function createManaged(api: Api, path: '/api/webhooks' | '/api/hooks'): ManagedResource {
  const at = (id: string) => `${path}/${encodeURIComponent(id)}`
  return {
    create: ({ organizationId, ...body }) => api.send({ method: 'POST', path, query: { organizationId }, body }),
    get: (id, query) => api.send({ path: at(id), query: { ...query } }),
    list: (page) => createListing(api, path, { ...page }),
    update: (id, body, query) => api.send({ method: 'PATCH', path: at(id), query: { ...query }, body }),
    delete: (id, query) => api.send({ method: 'DELETE', path: at(id), query: { ...query } }),
    rotateSecret: (id, { organizationId, ...body } = {}) =>
      api.send({ method: 'POST', path: `${at(id)}/rotate-secret`, query: { organizationId }, body }),
    test: (id, query) => api.send({ method: 'POST', path: `${at(id)}/test`, query: { ...query }, body: {} }),
  }
}

export function createWebhooks(api: Api): Webhooks {
  const path = '/api/webhooks'
  return {
    ...createManaged(api, path),
    replay: (id, { organizationId, ...body }) =>
      api.send({ method: 'POST', path: `${path}/${encodeURIComponent(id)}/replay`, query: { organizationId }, body }),
  }
}
