import t from 'tap'
import { samplePopulation } from '../src/conformance/index.ts'
import { poisonedCases } from './support/poisoned-cases.ts'
import type { ChildReport } from './support/poisoned-child.ts'
import { readOnCleanMachine, readOnPoisonedMachine } from './support/poisoned-machine.ts'

/** The names of the headers that are sent, by where they go. */
function headersIn({ sent }: ChildReport): Set<string> {
  return new Set(
    sent.map(({ url, headers }) => `${new URL(url).pathname.split('/', 3)} ${Object.keys(headers).sort()}`),
  )
}

function endsIn({ outcomes }: ChildReport): unknown[] {
  return outcomes.map(({ users, failed }) => users ?? failed?.code)
}

for (const { type, start, poisonOf, wrong, secret, vendors, loads } of poisonedCases) {
  t.test(`${type}: nothing is taken from environment, files or the machine`, async (t) => {
    const source = await start()
    t.teardown(() => source.close())
    source.directory.populate(samplePopulation(2))
    const config: Record<string, unknown> = { ...source.config }
    if (vendors.length > 0) for (const field of ['apiUrl', 'tokenUrl']) delete config[field]
    const task = {
      type,
      configs: [config, ...wrong.map(([changes]) => ({ ...config, ...changes }))],
      places: Object.fromEntries(vendors.map((vendor) => [vendor, source.origin])),
    }
    const [clean, poisoned] = await Promise.all([readOnCleanMachine(task), readOnPoisonedMachine(t, task, poisonOf)])
    const { outcomes, sent, written, trapped, loaded } = poisoned
    t.strictSame(
      endsIn(poisoned),
      [2, ...wrong.map(([, code]) => code)],
      'what is missing is not made good from elsewhere',
    )
    t.strictSame(endsIn(clean), endsIn(poisoned))
    t.strictSame(trapped, [], 'no proxy, no metadata server and nobody else is asked')
    t.strictSame(
      new Set(sent.map(({ url }) => new URL(url).origin)),
      new Set(vendors.length > 0 ? vendors : [source.origin]),
    )
    t.notMatch(JSON.stringify({ outcomes, sent, written }), /rival/i)
    t.strictSame(headersIn(poisoned), headersIn(clean), 'and nothing is sent along that is not always sent')
    const names = sent.flatMap(({ headers }) => Object.keys(headers).map((name) => name.toLowerCase()))
    t.notOk(names.includes('accept-encoding'), 'answers come unpacked: the way out unpacks none')

    const tokens = sent.flatMap(
      ({ headers }) => new Headers(headers).get('authorization')?.split(' ').slice(1).join(' ') ?? [],
    )
    t.ok(tokens.length > 0)
    const told = [written, ...outcomes.map(({ failed }) => failed?.text ?? '')]
    const isTold = (hidden: string) => told.some((text) => text.includes(hidden))
    const [whole = '', line = whole] = String(config[secret]).split('\n')
    t.strictSame([line, ...tokens].filter(isTold), [], 'no log and no error has a secret')
    if (loads === undefined) return
    t.ok(
      loaded.some((file) => loads.some.test(file)),
      'of its SDK the part is loaded that is used',
    )
    t.strictSame(
      loaded.filter((file) => loads.none.test(file)),
      [],
      'and no other',
    )
  })
}
