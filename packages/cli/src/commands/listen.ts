import { setTimeout as delay } from 'node:timers/promises'
import { MusterError } from '@muster/runtime/errors'
import type { Config } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { errorText } from '../error-text.ts'
import { eventMessages } from '../listening/event-messages.ts'
import { forwardEvent } from '../listening/forward-event.ts'
import { ensureListeningSecret } from '../listening/listening-secret.ts'
import { type ManagementApi, openManagementApi } from '../management-api.ts'
import { listenForShutdown } from '../shutdown.ts'
import { print, say } from '../terminal.ts'

interface ListenOptions {
  forwardTo?: string
  types?: string
  after?: string
  organization?: string
  printSecret?: true
}

const reconnectMilliseconds = 1_000

/**
 * Follows the log from now on and posts each event to a URL of this machine as a webhook would, signed, one after the
 * other; prints a line for each, and goes on until told to stop. What fails is not tried again.
 */
export async function listen(config: Config, options: ListenOptions): Promise<void> {
  const secret = await ensureListeningSecret(await openDataFolder(config.dataDir))
  if (options.printSecret) return print(secret)
  const url = URL.parse(options.forwardTo ?? '')
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new MusterError('badRequest', '--forward-to is not an http or https address.')
  }
  const api = await openManagementApi(config, options.organization)
  const shutdown = listenForShutdown()
  try {
    let after = options.after ?? (await lastSequence(api))
    say(`events behind ${after} go to ${url.href}, signed with the secret that --print-secret shows`)
    while (!shutdown.requested.aborted) {
      try {
        for await (const event of followFrom(api, after, options, shutdown.requested)) {
          print(await forwardEvent(url.href, secret, event))
          after = event.sequence
        }
      } catch (error) {
        // Asked again, the answer would be the same.
        if (error instanceof MusterError && error.code === 'badRequest') throw error
        if (!shutdown.requested.aborted) say(`${errorText(error)} Trying again.`)
      }
      await delay(reconnectMilliseconds, undefined, { signal: shutdown.requested }).catch(() => undefined)
    }
  } finally {
    await shutdown.stopAll()
  }
}

async function* followFrom(api: ManagementApi, after: string, { types }: ListenOptions, signal: AbortSignal) {
  const query = new URLSearchParams({ after, ...(types !== undefined && { types }) })
  const { body } = await api.request('GET', `events/stream?${query}`, { signal })
  if (body !== null) yield* eventMessages(body)
}

/** The beginning of a snapshot says it; the rest is not read. */
async function lastSequence(api: ManagementApi): Promise<string> {
  const { body } = await api.request('GET', 'events/snapshot')
  let text = ''
  const decoder = new TextDecoder()
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true })
    if (text.includes('\n')) break
  }
  const { sequence } = JSON.parse(text.split('\n')[0] ?? '') as { sequence: number }
  return String(sequence)
}
