import type { Test } from 'tap'
import { type ScimClient, urns } from './scim-client.ts'

/** One entry of a BulkResponse. */
export interface BulkOutcome {
  method?: string
  bulkId?: string
  location?: string
  version?: string
  status: string
  response?: { schemas: string[]; status: string; scimType?: string; detail: string }
}

export const bulkRequest = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

/** Sends a bulk request that is to be answered with 200; answers with what became of its operations. */
export async function sendBulk(
  t: Test,
  client: ScimClient,
  operations: readonly unknown[],
  more: object = {},
): Promise<BulkOutcome[]> {
  const answer = await client.send('POST', '/Bulk', { schemas: [bulkRequest], Operations: operations, ...more })
  t.equal(answer.status, 200, answer.status === 200 ? '' : answer.text)
  t.same(answer.body.schemas, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse'])
  return answer.body.Operations as BulkOutcome[]
}

/** Each outcome as its status, with the scimType of a failure: `201`, `400 invalidValue`. */
export function statusesOf(outcomes: readonly BulkOutcome[]): string[] {
  return outcomes.map(({ status, response }) => [status, response?.scimType].filter(Boolean).join(' '))
}

export function idOf({ location = '' }: Partial<BulkOutcome> = {}): string {
  return location.slice(location.lastIndexOf('/') + 1)
}

export function postUser(bulkId: string, userName: string, managerReference?: string): object {
  const manager = managerReference === undefined ? {} : { [urns.enterprise]: { manager: { value: managerReference } } }
  return {
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { schemas: [urns.user, ...Object.keys(manager)], userName, ...manager },
  }
}

export function postGroup(bulkId: string, displayName: string, memberReferences: readonly string[] = []): object {
  const members = memberReferences.map((value) => ({ value }))
  return { method: 'POST', path: '/Groups', bulkId, data: { schemas: [urns.group], displayName, members } }
}

/** The id of a user's manager; undefined when there is none. */
export async function managerOf(client: ScimClient, userId: string): Promise<string | undefined> {
  const { body } = await client.get(`/Users/${userId}`)
  return (body[urns.enterprise] as { manager?: { value: string } } | undefined)?.manager?.value
}
