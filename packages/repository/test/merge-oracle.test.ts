import { type MergedPerson, mergePerson, type PersonSource, type Provided } from '@muster/people'
import { toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import { sql } from 'kysely'
import t from 'tap'
import { type Database, type OrganizationScope, read, settlePeople, transact } from '../src/index.ts'
import { settlePersons } from '../src/people/settling/settle-persons.ts'
import { addDirectory, cause, type TestDirectory } from './support/directory.ts'
import { comparableUsers, foldEvents } from './support/fold.ts'
import { type Installation, openInstallation } from './support/installation.ts'
import { allUsers, eventsOf } from './support/reading.ts'

/** Three directories say things about three humans, whose address is the same everywhere. */
type Command =
  | { kind: 'say'; directory: number; human: number; saying: Saying }
  | { kind: 'delete'; directory: number; human: number }
  | { kind: 'order'; order: number[] }
  | { kind: 'manual'; human: number; values: Provided; pinned: boolean }
  | { kind: 'settleAgain'; directory: number }

interface Saying {
  active: boolean
  title: string | undefined
  displayName: string | undefined
  department: string | undefined
  externalId: string | undefined
}

const text = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const index = fc.nat({ max: 2 })
const saying: fc.Arbitrary<Saying> = fc.record({
  active: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  title: text('Engineer', 'Director', ' '),
  displayName: text('X', ''),
  department: text('Sales', 'Research'),
  externalId: text('e-1', 'e-2'),
})
const manualValues = fc.record(
  { title: fc.constant('By hand'), department: fc.constant('Nowhere') },
  { requiredKeys: [] },
)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('say' as const), directory: index, human: index, saying }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), directory: index, human: index }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('order' as const), order: fc.shuffledSubarray([0, 1, 2]) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('manual' as const),
      human: index,
      values: manualValues as fc.Arbitrary<Provided>,
      pinned: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settleAgain' as const), directory: index }) },
)

interface Known {
  person: MergedPerson
  /** By directory: id there, and what it says. */
  sources: Map<number, { id: string; source: PersonSource }>
}

/** The oracle: `mergePerson` after every command, over maps. */
class World {
  readonly humans = new Map<number, Known>()
  order: number[] = []

  readonly database: Database
  readonly scope: OrganizationScope
  readonly directories: readonly TestDirectory[]

  constructor(database: Database, scope: OrganizationScope, directories: readonly TestDirectory[]) {
    this.database = database
    this.scope = scope
    this.directories = directories
  }

  ranked({ sources }: Known): PersonSource[] {
    const rank = (directory: number) => {
      const listed = this.order.indexOf(directory)
      return listed === -1 ? this.order.length + directory : listed
    }
    return [...sources].sort(([a], [b]) => rank(a) - rank(b)).map(([, { source }]) => source)
  }

  merge(human: number, options = { wasHeld: false }): void {
    const known = this.humans.get(human)
    if (known !== undefined) known.person = mergePerson(known.person, this.ranked(known), options)
  }

  transact<T>(work: Parameters<typeof transact<T>>[3]): Promise<T> {
    return transact(this.database, this.scope, cause, work)
  }

  async execute(one: Command): Promise<void> {
    switch (one.kind) {
      case 'say':
        return this.say(one.directory, one.human, one.saying)
      case 'delete':
        return this.delete(one.directory, one.human)
      case 'order':
        return this.setOrder(one.order)
      case 'manual':
        return this.setManual(one.human, one.values, one.pinned)
      case 'settleAgain': {
        const ids = [...this.humans.values()].flatMap(({ sources }) => sources.get(one.directory)?.id ?? [])
        await this.transact((tx) => settlePeople(tx, this.directories[one.directory]?.directoryId ?? '', ids))
      }
    }
  }

  async say(at: number, human: number, said: Saying): Promise<void> {
    const directory = this.directories[at]
    if (directory === undefined) return
    const earlier = this.humans.get(human)?.sources.get(at)
    const document = documentOf(human, said)
    if (earlier !== undefined) await directory.updateUser(earlier.id, () => document)
    const id = earlier?.id ?? (await directory.createUser(document))
    const provided: Provided = { email: emailOf(human), username: emailOf(human) }
    if (said.title?.trim()) provided.title = said.title
    if (said.department !== undefined) provided.department = said.department
    const source = { directoryId: directory.directoryId, active: said.active, provided, idpId: said.externalId ?? null }
    const fresh: MergedPerson = {
      attributes: {},
      state: 'inactive',
      directoryId: null,
      idpId: null,
      manual: {},
      pinned: {},
    }
    const known = this.humans.get(human) ?? { person: fresh, sources: new Map() }
    this.humans.set(human, known)
    known.sources.set(at, { id, source })
    this.merge(human)
  }

  async delete(at: number, human: number): Promise<void> {
    const known = this.humans.get(human)
    const entry = known?.sources.get(at)
    if (known === undefined || entry === undefined) return
    await this.directories[at]?.deleteUsers([entry.id])
    known.sources.delete(at)
    this.merge(human, { wasHeld: true })
  }

  async setOrder(order: readonly number[]): Promise<void> {
    this.order = [...order]
    const ids = order.map((at) => this.directories[at]?.directoryId ?? '')
    await this.transact(async (tx) => {
      await sql`UPDATE organizations SET directory_order = ${ids}::uuid[] WHERE organization_id = ${tx.organizationId}`.execute(
        tx.db,
      )
      await settlePersons(tx, [...(await this.userIds()).values()], { directoryId: null })
    })
    for (const human of this.humans.keys()) this.merge(human)
  }

  async setManual(human: number, values: Provided, pinned: boolean): Promise<void> {
    const known = this.humans.get(human)
    const userId = (await this.userIds()).get(human)
    if (known === undefined || userId === undefined) return
    Object.assign(known.person, { manual: pinned ? {} : values, pinned: pinned ? values : {} })
    await this.transact(async (tx) => {
      const { manual, pinned: pins } = known.person
      await sql`UPDATE users SET manual = ${JSON.stringify(manual)}::jsonb, pinned = ${JSON.stringify(pins)}::jsonb
        WHERE organization_id = ${tx.organizationId} AND user_id = ${userId}`.execute(tx.db)
      await settlePersons(tx, [userId], { directoryId: null })
    })
    this.merge(human)
  }

  async userIds(): Promise<Map<number, string>> {
    const { rows } = await read(this.database, this.scope, ({ db }) =>
      sql<{ user_id: string; email: string }>`SELECT user_id, attributes ->> 'email' AS email FROM users`.execute(db),
    )
    return new Map(rows.map((row) => [Number(row.email.split(/[-@]/)[1]), row.user_id]))
  }

  expected(): unknown[] {
    return [...this.humans]
      .sort(([a], [b]) => a - b)
      .map(([human, { person }]) => ({
        email: emailOf(human),
        title: person.attributes.title ?? null,
        department: person.attributes.department ?? null,
        state: person.state,
        directoryId: person.directoryId && toTypeId('directory', person.directoryId),
        idpId: person.idpId,
        pinned: Object.keys(person.pinned).sort(),
      }))
  }

  async actual(): Promise<unknown[]> {
    const users = [...(await allUsers(this.database, this.scope)).values()]
    return users
      .map((user) => {
        const { title, department } = user.profile as Record<string, string | null>
        const { email, state, directoryId, idpId, pinned } = user
        return { email, title, department, state, directoryId, idpId, pinned }
      })
      .sort((a, b) => String(a.email).localeCompare(String(b.email)))
  }
}

function emailOf(human: number): string {
  return `human-${human}@acme.test`
}

function documentOf(human: number, said: Saying): JsonObject {
  const { active, title, displayName, department, externalId } = said
  const document: JsonObject = { userName: emailOf(human), emails: [{ value: emailOf(human), primary: true }], active }
  if (title !== undefined) document.title = title
  if (displayName !== undefined) document.displayName = displayName
  if (externalId !== undefined) document.externalId = externalId
  if (department !== undefined) document['urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'] = { department }
  return document
}

function byId(a: unknown, b: unknown): number {
  return (a as { id: string }).id < (b as { id: string }).id ? -1 : 1
}

async function openWorld({ database, addOrganization }: Installation): Promise<World> {
  const scope = await addOrganization()
  const directories = []
  for (const name of ['First', 'Second', 'Third']) directories.push(await addDirectory(database, scope, name))
  return new World(database, scope, directories)
}

t.test('merging in SQL is mergePerson, whatever directories and administrators do', async (t) => {
  const installation = await openInstallation(t)
  const property = fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 25 }), async (commands) => {
    const world = await openWorld(installation)
    for (const one of commands) {
      await world.execute(one)
      const [actual, expected] = [await world.actual(), world.expected()].map((state) => JSON.stringify(state))
      if (actual !== expected) throw new Error(`${JSON.stringify(one)}: ${actual} instead of ${expected}`)
    }
    const folded = foldEvents(await eventsOf(world.database, world.scope))
    if (folded.complaints.length > 0) throw new Error(folded.complaints.join('; '))
    const stored = await allUsers(world.database, world.scope)
    const comparable = (users: Iterable<unknown>, members?: typeof folded.members) =>
      JSON.stringify(comparableUsers([...users].sort(byId) as never, members))
    const [told, kept] = [comparable(folded.users.values(), folded.members), comparable(stored.values())]
    if (told !== kept) throw new Error(`${told} told, ${kept} stored`)
  })
  const details = await fc.check(property, { seed, numRuns: times(20, 400) })
  t.same(details.failed ? fc.defaultReportMessage(details) : undefined, undefined, `seed ${seed}`)
})
