import { MusterError } from '@muster/runtime/errors'
import type { Config } from './config.ts'
import { type Connection, readConnection } from './connection.ts'
import { openDataFolder } from './data-folder.ts'

/** The management API of the installation that runs here, as its operator, about one organization. */
export interface ManagementApi {
  /**
   * Sends a request; `path` is what stands behind `/api/`. Throws `unavailable` when nobody answers, and `badRequest`
   * with what the answer says when that is no success.
   */
  request(method: string, path: string, options?: { body?: object; signal?: AbortSignal }): Promise<Response>
}

/** Throws `unavailable` when there is no installation in the data folder. */
export async function openManagementApi(config: Config, organization?: string): Promise<ManagementApi> {
  const folder = await openDataFolder(config.dataDir)
  const connection = await readConnection(folder)
  if (connection === undefined) {
    throw new MusterError('unavailable', `There is no installation in ${folder.path}. Run "muster up" first.`)
  }
  const organizationId = organization ?? connection.organizationId
  return { request: (method, path, options) => request(connection, organizationId, { method, path, ...options }) }
}

async function request(
  { adminUrl, operatorKey }: Connection,
  organizationId: string,
  { method, path, body, signal }: { method: string; path: string; body?: object; signal?: AbortSignal },
): Promise<Response> {
  const url = new URL(`${adminUrl}/api/${path}`)
  url.searchParams.set('organizationId', organizationId)
  const headers = { authorization: `Bearer ${operatorKey}`, ...(body && { 'content-type': 'application/json' }) }
  const sent = { method, headers, ...(body && { body: JSON.stringify(body) }), ...(signal && { signal }) }
  const answer = await fetch(url, sent).catch((cause: unknown) => {
    throw new MusterError('unavailable', `Nobody answers at ${adminUrl}. Is "muster up" running?`, { cause })
  })
  if (answer.ok) return answer
  const problem = (await answer.json().catch(() => ({}))) as { detail?: string }
  throw new MusterError('badRequest', problem.detail ?? `${method} ${path} was answered with ${answer.status}.`)
}
