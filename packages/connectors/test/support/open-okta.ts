import { createOutbound } from '@muster/runtime/outbound/outbound'
import { type FakeOkta, type FakeOktaOptions, startFakeOkta } from '@muster/testkit/fake-okta'
import type { Test } from 'tap'
import { recordingLogger } from '../../src/conformance/index.ts'
import type { Page, SourceGroup, SourceMembership, SourceUser } from '../../src/index.ts'
import type { OktaConfig } from '../../src/okta/config.ts'
import { okta } from '../../src/okta/definition.ts'

/** A fake organization that ends with the test, and connectors over it that wait no time and say how long they would have. */
export async function openOkta(t: Test, options: FakeOktaOptions = {}) {
  const fake = await startFakeOkta(options)
  const outbound = createOutbound({ allowedHosts: [fake.host] })
  t.teardown(async () => {
    await outbound.close()
    await fake.close()
  })
  const waits: number[] = []
  const open = (more: Partial<OktaConfig> = {}, config: OktaConfig = fake.config) =>
    okta.open(
      { ...config, ...more },
      {
        outbound,
        signal: new AbortController().signal,
        logger: recordingLogger([]),
        onThrottled: () => undefined,
        wait: async (milliseconds) => void waits.push(milliseconds),
      },
    )
  return { fake, outbound, waits, open }
}

/** Everything that pages say of one kind. */
export async function readAll(pages: AsyncIterable<Page>) {
  const read: Page[] = []
  for await (const page of pages) read.push(page)
  const records = read.flatMap((page) => page.upsert)
  return {
    pages: read,
    users: records.filter((record): record is SourceUser => record.kind === 'user'),
    groups: records.filter((record): record is SourceGroup => record.kind === 'group'),
    edges: records.filter((record): record is SourceMembership => record.kind === 'membership'),
    removed: read.flatMap((page) => page.remove),
    problems: read.flatMap((page) => page.problems ?? []),
    complete: read.at(-1)?.complete,
    checkpoint: read.at(-1)?.checkpoint,
  }
}

/** The scheme and the token of every request from now on. */
export async function authorizationsOf(fake: FakeOkta): Promise<string[]> {
  const seen: string[] = []
  await fake.script({
    at: 1,
    onwards: true,
    does: (answer, { headers }) => {
      seen.push(headers.authorization ?? '')
      return answer
    },
  })
  return seen
}
