import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  type Checkpoint,
  type ConsumeOptions,
  createClient,
  memoryCheckpoint,
  reconcile,
  type User,
} from '../src/index.ts'
import { fileCheckpoint } from '../src/node.ts'
import { type FakeMuster, json, problem, snapshotLines, startFakeMuster } from './support/fake-muster.ts'
import { createdEvent, directory, eventOf, groupNamed, until, userNamed } from './support/samples.ts'

const quick = { pollMilliseconds: 5, retry: { firstMilliseconds: 2, longestMilliseconds: 10 } }

async function setUp(t: Test) {
  const fake = await startFakeMuster(t)
  const errors: unknown[] = []
  const client = createClient({ url: fake.url, key: 'k', retriesMax: 0, onError: (error) => errors.push(error) })
  const consume = (options: Partial<ConsumeOptions> = {}) => {
    const consumer = client.consume({ checkpoint: memoryCheckpoint(), ...quick, ...options })
    t.teardown(() => consumer.stop().catch(() => undefined))
    return consumer
  }
  return { fake, errors, client, consume }
}

function recorded(checkpoint: Checkpoint = memoryCheckpoint()): Checkpoint & { saves: number[] } {
  const saves: number[] = []
  const save = (sequence: number) => {
    saves.push(sequence)
    return checkpoint.save(sequence)
  }
  return { saves, load: () => checkpoint.load(), save }
}

function fill({ log }: FakeMuster, count: number, nameOf = (n: number) => `u${n}`): void {
  for (let n = log.length + 1, end = n + count; n < end; n++) log.push(createdEvent(n, nameOf(n)))
}

t.test('the log is followed in order; what fails stops it there, and the checkpoint with it', async (t) => {
  const { fake, errors, client, consume } = await setUp(t)
  fill(fake, 250)
  const handled: number[] = []
  let failures = 3
  client.on('directory.user.created', ({ event: { sequence } }) => {
    if (sequence === 120 && failures-- > 0) throw new Error('not now')
    handled.push(sequence)
  })
  const checkpoint = recorded()
  const consumer = consume({ checkpoint })
  await until(() => handled.length === 250)
  t.same(
    handled,
    Array.from({ length: 250 }, (_, n) => n + 1),
  )
  t.equal(errors.length, 3)
  fill(fake, 1)
  await until(() => handled.length === 251)
  await consumer.stop()
  await consumer.finished
  t.equal(checkpoint.saves.at(-1), 251)
  t.same(
    checkpoint.saves,
    checkpoint.saves.toSorted((one, other) => one - other),
  )
  fill(fake, 5)
  const after = fake.asked.length
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.equal(fake.asked.length, after, 'nothing is asked for any more')
})

t.test('a consumer that ends in the middle begins behind what it had handled', async (t) => {
  const { fake, client, consume } = await setUp(t)
  fill(fake, 20)
  const stopping = new AbortController()
  const handled: number[] = []
  client.on('directory.user.created', ({ event: { sequence } }) => {
    if (sequence === 8 && !stopping.signal.aborted) {
      stopping.abort()
      throw new Error('killed')
    }
    handled.push(sequence)
  })
  const folder = await mkdtemp(join(tmpdir(), 'muster-checkpoint-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const path = join(folder, 'checkpoint')
  const first = consume({ checkpoint: fileCheckpoint(path), signal: stopping.signal })
  await first.finished
  t.equal(await readFile(path, 'utf8'), '7\n')
  const second = consume({ checkpoint: fileCheckpoint(path) })
  await until(() => handled.length === 20)
  await second.stop()
  t.equal(await readFile(path, 'utf8'), '20\n')
  t.same(await readdir(folder), ['checkpoint'])
  t.equal(new Set(handled).size, handled.length, 'none twice')
  await writeFile(path, 'something else')
  await t.rejects(async () => fileCheckpoint(path).load(), /is no checkpoint/)
})

t.test('several at a time keep the order of each person, and the checkpoint waits for the slowest', async (t) => {
  const { fake, client, consume } = await setUp(t)
  fill(fake, 60, (n) => `person-${n % 5}`)
  fake.log.push(eventOf(61, 'directory.group.created', { group: groupNamed('G'), directory }))
  const handled = new Map<string, number[]>()
  let [running, most, saved] = [0, 0, 0]
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  client.on('directory.user.created', async ({ user, event: { sequence } }) => {
    most = Math.max(most, ++running)
    await (sequence === 1 ? gate : new Promise(setImmediate))
    handled.set(user.id, [...(handled.get(user.id) ?? []), sequence])
    running--
  })
  const checkpoint = { load: () => 0, save: (sequence: number) => (saved = sequence) }
  const consumer = consume({ checkpoint, concurrency: 3 })
  const total = () => [...handled.values()].flat().length
  await until(() => total() === 48)
  t.equal(saved, 0, 'the first is not done')
  release()
  await until(() => total() === 60)
  await consumer.stop()
  t.equal(saved, 61)
  t.equal(most, 3)
  for (const sequences of handled.values())
    t.same(
      sequences,
      sequences.toSorted((one, other) => one - other),
    )
})

t.test('where events are no longer kept it starts anew from a snapshot that is whole', async (t) => {
  const { fake, errors, client, consume } = await setUp(t)
  fake.users = ['jane', 'joe'].map(userNamed)
  fake.groups = [groupNamed('Engineering')]
  fill(fake, 10)
  fake.firstKept = 6
  const whole = snapshotLines(fake)
  const cut = (lines: string[]) => (_: unknown, response: { end(text: string): unknown }) => {
    response.end(lines.join('\n'))
  }
  fake.instead('/api/events/snapshot', cut(whole.slice(0, -1)), cut(whole.filter((line) => !line.includes('joe'))))
  const local = new Map<string, User | string>([['user_gone', 'to be removed']])
  const groups = new Map([['group_Old', 'Old']])
  const removed: string[] = []
  const handled: number[] = []
  client.on('directory.user.created', ({ event: { sequence } }) => handled.push(sequence))
  const checkpoint = recorded(memoryCheckpoint(3))
  const onSnapshot = reconcile({
    users: {
      ids: () => local.keys(),
      upsert: (user) => local.set(user.id, user),
      remove: (id) => {
        removed.push(id)
        local.delete(id)
      },
    },
    groups: {
      ids: async () => groups.keys(),
      upsert: ({ id, name }) => groups.set(id, name),
      remove: (id) => groups.delete(id),
    },
  })
  consume({ checkpoint, onSnapshot })
  await until(() => checkpoint.saves.length > 0)
  t.same(checkpoint.saves, [10])
  t.same(removed, ['user_gone'], 'not before the snapshot was whole')
  t.same([...local.keys()], ['user_jane', 'user_joe'])
  t.same([...groups], [['group_Engineering', 'Engineering']])
  t.match(errors, [{ status: 410 }, { cause: /broke off/ }, { cause: /not whole/ }])
  fill(fake, 1)
  await until(() => handled.length > 0)
  t.same(handled, [11])
  await t.rejects(consume({ checkpoint: memoryCheckpoint(2) }).finished, {
    message: /onSnapshot/,
    cause: { status: 410 },
  })
})

t.test('it begins with the snapshot, at the beginning or now', async (t) => {
  const { fake, client, consume } = await setUp(t)
  fill(fake, 3)
  fake.groups = [groupNamed('Engineering')]
  fake.users = [userNamed('jane')]
  const handled: number[] = []
  client.on('directory.user.created', ({ event: { sequence } }) => handled.push(sequence))
  const now = recorded()
  const consumer = consume({ start: 'now', checkpoint: now })
  await until(() => now.saves.includes(3))
  t.same(handled, [])
  await consumer.stop()
  const read: string[] = []
  const checkpoint = recorded()
  const second = consume({
    checkpoint,
    onSnapshot: async ({ users, groups, sequence }) => {
      for await (const { id } of users) read.push(id)
      for await (const { id } of groups) read.push(id)
      read.push(String(sequence))
    },
  })
  await until(() => checkpoint.saves.length > 0)
  await second.stop()
  t.same(read, ['user_jane', 'group_Engineering', '3'], 'people first, if the application wants them first')
  t.same(handled, [])
  consume({ start: 'beginning', types: ['directory.user.created'], directoryId: 'directory_1' })
  await until(() => handled.length === 3)
  t.match(fake.asked.at(-1)?.query, { types: 'directory.user.created', directoryId: 'directory_1', limit: '100' })
})

t.test('server-sent events come as they happen, however they are cut; without a stream it polls', async (t) => {
  const { fake, errors, client, consume } = await setUp(t)
  fill(fake, 2, () => 'zoë')
  const handled: string[] = []
  client.on('directory.user.created', ({ user, event }) => handled.push(`${event.sequence} ${user.firstName}`))
  const text = [3, 4, 5]
    .map((n) => createdEvent(n, 'zoë'))
    .map((event, n) => {
      const lines = JSON.stringify(event, null, n === 1 ? 1 : 0).split('\n')
      const message = [`id: ${event.sequence}`, `event: ${event.type}`, ...lines.map((line) => `data: ${line}`), '', '']
      return message.join(['\n', '\r\n', '\r'][n])
    })
    .join(': heartbeat\n\n')
  fake.instead('/api/events/stream', (_asked, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const bytes = Buffer.from(text)
    const write = (at: number) => {
      if (at < bytes.length) response.write(bytes.subarray(at, at + 7), () => setImmediate(write, at + 7))
      else response.end('data: {"never": "ended"')
    }
    write(0)
  })
  const checkpoint = recorded()
  const consumer = consume({ live: 'stream', checkpoint })
  await until(() => checkpoint.saves.includes(5))
  t.same(
    handled,
    [1, 2, 3, 4, 5].map((n) => `${n} zoë`),
  )
  const stream = fake.asked.find(({ path }) => path === '/api/events/stream')
  t.match(stream, { query: { after: '2' }, headers: { 'last-event-id': '2', accept: 'text/event-stream' } })
  fill(fake, 4)
  await until(() => handled.length === 6)
  t.equal(handled[5], '6 u6', 'polled, while there is no stream')
  await until(() => errors.length > 0)
  t.match(errors, [{ status: 404 }])
  await consumer.stop()

  fake.instead('/api/events/stream', (_asked, response) => {
    const gone = JSON.stringify({ status: 410, code: 'gone', detail: 'no longer kept' })
    response.end(`event: error\ndata: ${gone}\n\n`)
  })
  await t.rejects(consume({ live: 'stream', checkpoint: memoryCheckpoint(6) }).finished, { cause: { status: 410 } })
})

t.test('it survives a server that is away, and gives up with a key that is refused', async (t) => {
  const { fake, errors, client, consume } = await setUp(t)
  fill(fake, 1)
  const handled: number[] = []
  client.on('directory.user.created', ({ event: { sequence } }) => handled.push(sequence))
  fake.instead('/api/events', problem(503, 'unavailable'), json(500, {}), (_asked, response) => response.destroy())
  const consumer = consume({ pollMilliseconds: 60_000 })
  await until(() => handled.length === 1)
  t.equal(errors.length, 3)
  fill(fake, 1)
  consumer.wake()
  await until(() => handled.length === 2)
  fake.instead('/api/events', problem(401, 'unauthenticated'))
  await t.rejects(consume().finished, { message: /: 401 / })

  let saves = 0
  const flaky = {
    load: () => 0,
    save: () => {
      if (saves++ === 0) throw new Error('disk full')
    },
  }
  consume({ checkpoint: flaky })
  await until(() => saves > 1)
  t.same(handled, [1, 2], 'handled before: not again')
})
