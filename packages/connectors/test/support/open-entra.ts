import { createLogger } from '@muster/runtime/logger'
import { createOutbound, type Outbound, type OutboundCall } from '@muster/runtime/outbound/outbound'
import { type FakeGraphOptions, startFakeGraph } from '@muster/testkit/fake-graph'
import type { Test } from 'tap'
import { recordingLogger } from '../../src/conformance/index.ts'
import type { Connector } from '../../src/connector.ts'
import type { EntraConfig } from '../../src/entra/config.ts'
import { entra } from '../../src/entra/definition.ts'
import type { Checkpoint, Page } from '../../src/page.ts'
import type { SourceGroup, SourceUser } from '../../src/source-record.ts'

/** A request to the tenant. */
export interface Sent {
  url: string
  call: OutboundCall
}

/** A fake tenant, and connectors that wait no time for it. */
export async function openTenant(t: Test, options: FakeGraphOptions = {}) {
  const graph = await startFakeGraph(options)
  const outbound = createOutbound({ allowedHosts: [graph.host] })
  t.teardown(async () => {
    await outbound.close()
    await graph.close()
  })
  const sent: Sent[] = []
  const waits: number[] = []
  const lines: string[] = []
  const send: Outbound['send'] = (url, call) => {
    sent.push({ url, call })
    return outbound.send(url, call)
  }
  const context = {
    outbound: { ...outbound, send },
    signal: new AbortController().signal,
    logger: recordingLogger(lines),
    onThrottled: () => undefined,
    wait: async (milliseconds: number) => void waits.push(milliseconds),
  }
  const open = async (config: Partial<EntraConfig> = {}): Promise<Connector> => {
    const whole: EntraConfig = { ...graph.config, ...config }
    if (whole.clientCertificate !== undefined) delete whole.clientSecret
    entra.assertConfig?.(whole)
    const connector = await entra.open(whole, context)
    t.teardown(() => connector.close())
    return connector
  }
  return {
    graph,
    directory: graph.directory,
    open,
    sent,
    waits,
    context,
    lines,
    logger: createLogger({ service: 'test', level: 'silent' }),
  }
}

/** What a round said in the end. */
export interface Heard {
  pages: Page[]
  users: Map<string, SourceUser>
  groups: Map<string, SourceGroup>
  /** Ids of members by the id of the group, in order. */
  members: Map<string, string[]>
  removed: string[]
  checkpoint: Checkpoint
}

export async function hear(round: AsyncIterable<Page>): Promise<Heard> {
  const pages: Page[] = []
  for await (const page of round) pages.push(page)
  const records = pages.flatMap((page) => page.upsert)
  const members = new Map<string, string[]>()
  for (const record of records) {
    if (record.kind !== 'membership' || !('id' in record.member)) continue
    members.set(record.groupId, [...(members.get(record.groupId) ?? []), record.member.id])
  }
  const last = pages.at(-1)
  if (last === undefined) throw new Error('there was no page')
  return {
    pages,
    users: new Map(records.flatMap((record) => (record.kind === 'user' ? [[record.id, record] as const] : []))),
    groups: new Map(records.flatMap((record) => (record.kind === 'group' ? [[record.id, record] as const] : []))),
    members,
    removed: pages.flatMap((page) =>
      page.remove.map((key) => (key.kind === 'membership' ? `${key.groupId} ${JSON.stringify(key.member)}` : key.id)),
    ),
    checkpoint: last.checkpoint,
  }
}

export function hearDelta(connector: Connector, since: Checkpoint): Promise<Heard> {
  if (connector.delta === undefined) throw new Error('there is no delta')
  return hear(connector.delta(since))
}

/** How something fails. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}
