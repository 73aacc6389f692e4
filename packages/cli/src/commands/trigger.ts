import { MusterError } from '@muster/runtime/errors'
import type { Config } from '../config.ts'
import { type ManagementApi, openManagementApi } from '../management-api.ts'
import { print, say } from '../terminal.ts'

interface TriggerOptions {
  email?: string
  data?: string
  users?: string
  directory?: string
  organization?: string
}

interface Told {
  sequence: number
  type: string
  id: string
}

/**
 * Has an event happen in a test directory (the newest, or a new one when there is none or `users` asks for so many people)
 * and prints the events that came of it, a line each.
 */
export async function trigger(config: Config, event: string, options: TriggerOptions): Promise<void> {
  const api = await openManagementApi(config, options.organization)
  const data = { ...parseData(options.data), ...(options.email !== undefined && { email: options.email }) }
  const directoryId = await findDirectory(api, options)
  const body = { event, ...(Object.keys(data).length > 0 && { data }) }
  const answer = await api.request('POST', `directory/${encodeURIComponent(directoryId)}/simulate`, { body })
  const { events } = (await answer.json()) as { events: Told[] }
  for (const { sequence, type, id } of events) print(`${sequence}  ${type}  ${id}`)
  if (events.length === 0) say('nothing happened yet (with a before_create hook, people come when it has answered)')
}

async function findDirectory(api: ManagementApi, { directory, users }: TriggerOptions): Promise<string> {
  if (directory !== undefined) return directory
  if (users === undefined) {
    const answer = await api.request('GET', 'test-directories?limit=1')
    const { data } = (await answer.json()) as { data: { id: string }[] }
    if (data[0] !== undefined) return data[0].id
  }
  if (users !== undefined && !/^\d{1,4}$/.test(users)) {
    throw new MusterError('badRequest', `--users is a whole number from 0 to 1000, not "${users}".`)
  }
  const body = users === undefined ? {} : { users: Number(users) }
  const created = (await (await api.request('POST', 'test-directories', { body })).json()) as { id: string }
  say(`made the test directory ${created.id}`)
  return created.id
}

function parseData(text = '{}'): object {
  try {
    const data: unknown = JSON.parse(text)
    if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data
  } catch {
    // Told below, as what is JSON but no object.
  }
  throw new MusterError('badRequest', '--data is not a JSON object.')
}
