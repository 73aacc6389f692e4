import { AssertionError } from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { type Connector, type ConnectorContext, ConnectorError, type Page } from '@muster/connectors'
import { type ConnectorSubject, connectorChecks } from '@muster/connectors/conformance'
import { createScriptedSource, scriptedSubject } from '@muster/testkit/scripted-source'
import t from 'tap'

const subjects = [
  scriptedSubject(),
  scriptedSubject({ deltaMembers: 'changes' }),
  scriptedSubject({ delta: 'sweep' }),
  scriptedSubject({ delta: 'none' }),
  scriptedSubject({ folder: t.testdir() }),
]

for (const subject of subjects) {
  t.test(subject.name, async (t) => {
    for (const check of connectorChecks) {
      await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
    }
  })
}

type Open = ConnectorSubject['definition']['open']

interface Flaw {
  does: string
  /** The check that must find it: the beginning of its name. */
  check: string
  open: (open: Open) => Open
}

/** A flaw of how pages are read. */
function pagesFlaw(
  does: string,
  check: string,
  map: (round: AsyncIterable<Page>, connector: Connector) => AsyncIterable<Page>,
): Flaw {
  return flaw(does, check, (connector) => ({
    ...connector,
    snapshot: (resume) => map(connector.snapshot(resume), connector),
  }))
}

function flaw(does: string, check: string, spoil: (connector: Connector, password: unknown) => Connector): Flaw {
  return { does, check, open: (open) => async (config, context) => spoil(await open(config, context), config.password) }
}

async function* mapped(round: AsyncIterable<Page>, map: (page: Page) => Page): AsyncIterable<Page> {
  for await (const page of round) yield map(page)
}

async function* telling(round: AsyncIterable<Page>, secret: unknown): AsyncIterable<Page> {
  try {
    yield* round
  } catch (error) {
    throw new ConnectorError(error instanceof ConnectorError ? error.code : 'protocol', `The source refused ${secret}.`)
  }
}

const never: Partial<ConnectorContext> = { signal: new AbortController().signal }
const opened = new Map<string, Promise<Connector>>()

const flaws: readonly Flaw[] = [
  pagesFlaw('says too early that it is complete', 'the last page and only the last', (round) =>
    mapped(round, (page) => ({ ...page, complete: 'all' })),
  ),
  pagesFlaw(
    'takes the end of pages for the end of the source',
    'a round in which the pages stop',
    async function* (round) {
      let last: Page | undefined
      for await (const page of round) {
        last = page
        yield page
      }
      if (last !== undefined && last.complete === undefined) yield { ...last, upsert: [], complete: 'all' }
    },
  ),
  pagesFlaw(
    'takes an error for the end of the source',
    'a round in which the source answers 5xx',
    async function* (round) {
      let last: Page | undefined
      try {
        for await (const page of round) {
          last = page
          yield page
        }
      } catch {
        if (last !== undefined) yield { ...last, upsert: [], complete: 'all' }
      }
    },
  ),
  pagesFlaw('stops at an empty page', 'a round in which an empty page comes that names', async function* (round) {
    for await (const page of round) {
      if (page.upsert.length === 0) return
      yield page
    }
  }),
  pagesFlaw('forgets groups in groups', 'a snapshot is everybody', (round) =>
    mapped(round, (page) => ({
      ...page,
      upsert: page.upsert.filter(
        (one) => one.kind !== 'membership' || !('id' in one.member && one.member.id.startsWith('g-')),
      ),
    })),
  ),
  pagesFlaw('takes names for ids', 'ids stay when names change', (round) =>
    mapped(round, (page) => ({
      ...page,
      upsert: page.upsert.map((one) => (one.kind === 'user' ? { ...one, id: one.userName } : one)),
    })),
  ),
  pagesFlaw(
    'begins the next delta where the round ended',
    'a change during a round',
    async function* (round, connector) {
      for await (const page of round) {
        if (page.complete === undefined) yield page
        else
          for await (const { checkpoint, complete } of connector.snapshot()) if (complete) yield { ...page, checkpoint }
      }
    },
  ),
  pagesFlaw('hands everything out at once', 'pages are bounded', async function* (round) {
    const pages: Page[] = []
    for await (const page of round) pages.push(page)
    const last = pages.at(-1)
    if (last !== undefined) yield { ...last, upsert: pages.flatMap((page) => page.upsert) }
  }),
  flaw('begins anew instead of resuming', 'a snapshot is resumed', (connector) => ({
    ...connector,
    snapshot: () => connector.snapshot(),
  })),
  flaw('takes any checkpoint for one of its own', 'a checkpoint that nobody wrote', (connector) => ({
    ...connector,
    snapshot: (resume) => connector.snapshot(resume?.startsWith('{"epoch"') === true ? resume : undefined),
  })),
  flaw('does not hear of removals', 'a delta says what has changed', (connector) => ({
    ...connector,
    delta: (since) => mapped(connector.delta?.(since) ?? connector.snapshot(), (page) => ({ ...page, remove: [] })),
  })),
  flaw('calls every failure one of the protocol', 'check and snapshot tell wrongCredentials', (connector) => ({
    ...connector,
    check: () => connector.check().catch(() => Promise.reject(new ConnectorError('protocol', 'Something went wrong.'))),
  })),
  flaw('counts groups as users', 'check counts the users', (connector) => ({
    ...connector,
    check: async () => {
      const { userCount, warnings } = await connector.check()
      return { userCount: userCount + 3, warnings }
    },
  })),
  flaw('says its password', 'secrets are in no error', (connector, password) => ({
    ...connector,
    snapshot: (resume) => telling(connector.snapshot(resume), password),
  })),
  {
    does: 'does not hear of the abort',
    check: 'an abort ends a round',
    open: (open) => (config, context) => open(config, { ...context, ...never }),
  },
  {
    does: 'keeps a connector for the next configuration',
    check: 'two connectors at once',
    open: (open) => (config, context) => {
      const first = opened.get('connector') ?? open(config, context)
      opened.set('connector', first)
      return first
    },
  },
]

t.test('every flaw is found by the check that is for it', async (t) => {
  for (const { does, check: name, open } of flaws) {
    const subject = scriptedSubject({ delta: 'removals' })
    const flawed = { ...subject, definition: { ...subject.definition, open: open(subject.definition.open) } }
    const check = connectorChecks.find((each) => each.name.startsWith(name))
    t.ok(check !== undefined, `there is a check that ${name} …`)
    await t.rejects(check?.run(flawed) ?? Promise.resolve(), AssertionError, `a connector that ${does} fails`)
  }
})

t.test('a subject that cannot show something says why, check by check', async (t) => {
  const subject = scriptedSubject({ delta: 'none' })
  const mute: ConnectorSubject = {
    ...subject,
    faults: { ...subject.faults, reset: { lacks: 'it has no connections' } },
  }
  const lacks = connectorChecks.flatMap((check) => check.lackOf(mute) ?? [])
  t.ok(lacks.includes('it has no connections'))
  t.equal(lacks.filter((lack) => lack === 'this source is set to have none').length, 3)
})

const readInAnotherProcess = `
  import { scriptedDefinition } from '@muster/testkit/scripted-source'
  const [file, password] = process.argv.slice(1)
  const definition = scriptedDefinition({ file })
  const connector = await definition.open({ host: 'scripted.test', password }, { signal: new AbortController().signal })
  for await (const page of connector.snapshot()) console.log(JSON.stringify(page))
`

t.test('a source in a file is read by a process that is killed at a page, and by the next', async (t) => {
  const file = join(t.testdir(), 'source.json')
  const source = createScriptedSource({ file, pageSize: 2 })
  source.users.set(...['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, userName: `${id}@acme.test` })))
  const gate = source.pauseAt({ phase: 'users', page: 2 })
  const arguments_ = ['--input-type=module', '-e', readInAnotherProcess, '--', file, source.config().password]
  const child = spawn(process.execPath, arguments_, { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] })
  const lines: string[] = []
  child.stdout.on('data', (chunk: Buffer) => lines.push(chunk.toString()))
  await gate.reached()
  const ended = once(child, 'close')
  child.kill('SIGKILL')
  await ended
  gate.release()
  t.equal(source.pagesServed(), 1)
  const first = JSON.parse(lines.join('')) as Page
  const context = { signal: new AbortController().signal } as ConnectorContext
  const read = [...first.upsert]
  for await (const page of source.connector(context).snapshot(first.checkpoint)) read.push(...page.upsert)
  t.same(
    read.map((record) => record.kind === 'user' && record.id),
    ['a', 'b', 'c', 'd', 'e'],
  )
  source.forget()
  await t.rejects(source.connector(context).snapshot(first.checkpoint)[Symbol.asyncIterator]().next(), {
    code: 'checkpointExpired',
  })
})
