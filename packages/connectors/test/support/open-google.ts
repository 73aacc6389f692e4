import { createOutbound, type Outbound } from '@muster/runtime/outbound/outbound'
import { type FakeGoogle, type FakeGoogleOptions, startFakeGoogle } from '@muster/testkit/fake-google'
import type { Test } from 'tap'
import { recordingLogger } from '../../src/conformance/index.ts'
import type { Connector, ConnectorContext } from '../../src/connector.ts'
import { ConnectorError, type ConnectorFailure } from '../../src/connector-error.ts'
import type { GoogleConfig } from '../../src/google/config.ts'
import { google } from '../../src/google/definition.ts'
import type { Page } from '../../src/page.ts'
import type { SourceGroup, SourceRecord, SourceUser } from '../../src/source-record.ts'

export interface GoogleBench {
  fake: FakeGoogle
  context: ConnectorContext
  /** Waits that were made short. */
  waits: number[]
  open(config?: Partial<GoogleConfig>, outbound?: Outbound): Promise<Connector>
}

/** A fake account, and connectors to it that wait no time. */
export async function googleBench(t: Test, options: FakeGoogleOptions = {}): Promise<GoogleBench> {
  const fake = await startFakeGoogle(options)
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  t.teardown(async () => {
    await outbound.close()
    await fake.close()
  })
  const waits: number[] = []
  const context: ConnectorContext = {
    outbound,
    signal: new AbortController().signal,
    logger: recordingLogger([]),
    onThrottled: () => undefined,
    wait: async (milliseconds) => void waits.push(milliseconds),
  }
  const open = async (config: Partial<GoogleConfig> = {}, way: Outbound = outbound) => {
    const whole = { ...fake.config, ...config }
    google.assertConfig?.(whole)
    const connector = await google.open(whole, { ...context, outbound: way })
    t.teardown(() => connector.close())
    return connector
  }
  return { fake, context, waits, open }
}

/** What a round said. */
export interface GoogleRound {
  pages: Page[]
  users: SourceUser[]
  groups: SourceGroup[]
  /** Members by the id of the group, as they were called. */
  members: Map<string, string[]>
}

export async function readAll(round: AsyncIterable<Page>): Promise<GoogleRound> {
  const pages: Page[] = []
  for await (const page of round) pages.push(page)
  const records = pages.flatMap((page): readonly SourceRecord[] => page.upsert)
  const members = new Map<string, string[]>()
  for (const record of records) {
    if (record.kind !== 'membership') continue
    const { member } = record
    const called = 'id' in member ? member.id : `reference ${member.reference}`
    members.set(record.groupId, [...(members.get(record.groupId) ?? []), called])
  }
  return {
    pages,
    users: records.filter((record) => record.kind === 'user'),
    groups: records.filter((record) => record.kind === 'group'),
    members,
  }
}

/** The error that a piece of work ends by, which must be of this code. */
export async function failsAs(
  t: Test,
  work: Promise<unknown>,
  code: ConnectorFailure,
  words = '',
): Promise<ConnectorError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConnectorError)) throw new Error(`${words}: not ${error}`)
  t.equal(error.code, code, `${words} ${error.message}`)
  return error
}
