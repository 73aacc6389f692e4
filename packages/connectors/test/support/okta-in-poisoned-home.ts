/**
 * Reads an organization, then tries to read it with less and less of a configuration; says what came of it. Runs in a process whose
 * environment and home folder are another tenant's.
 */
import { createRequire } from 'node:module'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { recordingLogger } from '../../src/conformance/index.ts'
import type { OktaConfig } from '../../src/okta/config.ts'
import { okta } from '../../src/okta/definition.ts'

const configs: OktaConfig[] = JSON.parse(process.argv[2] ?? '[]')
const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
const signal = new AbortController().signal
const outcomes: string[] = []
for (const config of configs) {
  try {
    const context = { outbound, signal, logger: recordingLogger([]), onThrottled: () => undefined }
    const connector = await okta.open(config, context)
    let users = 0
    for await (const { upsert } of connector.snapshot()) users += upsert.filter(({ kind }) => kind === 'user').length
    await connector.close()
    outcomes.push(`read ${users}`)
  } catch (error) {
    outcomes.push(String((error as { code?: unknown }).code))
  }
}
await outbound.close()
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('okta-sdk-nodejs'))
process.stdout.write(JSON.stringify({ outcomes, loaded }))
