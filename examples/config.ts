import { readFileSync } from 'node:fs'
import { type Client, muster } from '@muster/sdk'

/** Sets the SDK up by MUSTER_URL, MUSTER_KEY and MUSTER_ORGANIZATION, or by what `make run` wrote down. */
export function connect(): Client {
  const { MUSTER_URL, MUSTER_DATA_DIR = '.muster' } = process.env
  if (MUSTER_URL) return muster()
  const { adminUrl, operatorKey, organizationId } = JSON.parse(
    readFileSync(`${MUSTER_DATA_DIR}/connection.json`, 'utf8'),
  )
  return muster({ url: adminUrl, key: operatorKey, organizationId })
}

/** Where an example keeps what it has to remember. */
export function stateFolder(): string {
  return process.env.STATE_FOLDER ?? '.muster'
}

/** Where an example listens, on this machine only. */
export const listening = { host: '127.0.0.1', port: Number(process.env.PORT ?? 4_000) }

/** Where Muster calls an example. */
export const receiverUrl = `http://${listening.host}:${listening.port}/muster`

export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Calls `stop` at Ctrl-C. */
export function untilStopped(stop: () => Promise<unknown>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit()))
  }
}
