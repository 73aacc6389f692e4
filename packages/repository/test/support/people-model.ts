import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import { sql } from 'kysely'
import {
  type Database,
  type OrganizationScope,
  read,
  settlePeople,
  transact,
  updateOrganization,
} from '../../src/index.ts'
import { addDirectory, cause, type TestDirectory } from './directory.ts'
import type { Installation } from './installation.ts'
import { allUsers } from './reading.ts'

/** A directory user in the model, with the person it is linked to. */
interface Entry {
  id: string
  email: string
  title: string | undefined
  active: boolean
  person: Person
}

interface Person {
  email: string | undefined
  title: string | undefined
  state: 'active' | 'inactive'
  directory: number
}

/** Merging and linking (decisions 0004 and 0005) over arrays and maps: two directories, by rank. */
interface Model {
  entries: [Map<string, Entry>, Map<string, Entry>]
  persons: Person[]
  claims: Map<string, Person>
  linkByEmail: boolean
}

type Command =
  | { kind: 'create'; directory: 0 | 1; name: string; email: string; title: string | undefined; active: boolean }
  | { kind: 'update'; directory: 0 | 1; name: string; email: string; title: string | undefined; active: boolean }
  | { kind: 'delete'; directory: 0 | 1; name: string }
  | { kind: 'policy'; linkByEmail: boolean }
  | { kind: 'settleAgain'; directory: 0 | 1 }

const directoryIndex = fc.constantFrom<0 | 1>(0, 1)
const name = fc.constantFrom('ann', 'bob', 'eve')
const saying = {
  directory: directoryIndex,
  name,
  email: fc.constantFrom('a@x.test', 'A@x.test', 'b@x.test', 'c@x.test'),
  title: fc.option(fc.constantFrom('Engineer', 'Director'), { nil: undefined }),
  active: fc.boolean(),
}
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('create' as const), ...saying }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('update' as const), ...saying }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), directory: directoryIndex, name }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('policy' as const), linkByEmail: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settleAgain' as const), directory: directoryIndex }) },
)

/** Runs random commands on the database and the model; the report of fast-check (seed and all) when they differ. */
export async function peopleModel(options: Installation & { runs: number }): Promise<string | undefined> {
  const property = fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), async (commands) => {
    const scope = await options.addOrganization()
    const directories = [
      await addDirectory(options.database, scope, 'First'),
      await addDirectory(options.database, scope, 'Second'),
    ] as const
    const model: Model = { entries: [new Map(), new Map()], persons: [], claims: new Map(), linkByEmail: true }
    for (const one of commands) await execute(options.database, scope, directories, model, one)
    await compare(options.database, scope, model)
  })
  const details = await fc.check(property, { seed, numRuns: options.runs })
  return details.failed ? fc.defaultReportMessage(details) : undefined
}

async function execute(
  database: Database,
  scope: OrganizationScope,
  directories: readonly [TestDirectory, TestDirectory],
  model: Model,
  one: Command,
): Promise<void> {
  if (one.kind === 'policy') {
    model.linkByEmail = one.linkByEmail
    const linkByEmail = one.linkByEmail ? 'organization' : 'never'
    await transact(database, scope, cause, (tx) => updateOrganization(tx, { linkByEmail }))
    return
  }
  const directory = directories[one.directory]
  const entries = model.entries[one.directory]
  if (one.kind === 'settleAgain') {
    const ids = [...entries.values()].map((entry) => entry.id)
    await transact(database, scope, cause, (tx) => settlePeople(tx, directory.directoryId, ids))
    return
  }
  const known = entries.get(one.name)
  if (one.kind === 'delete') {
    if (known === undefined) return
    await directory.deleteUsers([known.id])
    entries.delete(one.name)
    settle(model, known.person)
    return
  }
  if (one.kind === 'create') {
    const [id] = await directory.createUsers([document(one)])
    if ((id === undefined) !== (known !== undefined)) throw new Error(`userName ${one.name} is taken, or it is not`)
    if (id !== undefined) arrive(model, one.directory, one.name, { ...said(one), id })
  } else if (known !== undefined) {
    await directory.updateUser(known.id, () => document(one))
    Object.assign(known, said(one))
    settle(model, known.person)
  }
}

function document({ name, email, title, active }: Command & { kind: 'create' | 'update' }) {
  return { userName: name, emails: [{ value: email }], active, ...(title === undefined ? {} : { title }) }
}

function said({ email, title, active }: Command & { kind: 'create' | 'update' }) {
  return { email, title, active }
}

function arrive(model: Model, directory: 0 | 1, name: string, saying: Omit<Entry, 'person'>): void {
  const claimant = model.linkByEmail ? model.claims.get(key(saying.email)) : undefined
  const isHere = [...model.entries[directory].values()].some((entry) => entry.person === claimant)
  const linked = claimant !== undefined && !isHere ? claimant : undefined
  const person = linked ?? { email: undefined, title: undefined, state: 'inactive', directory }
  if (linked === undefined) model.persons.push(person)
  model.entries[directory].set(name, { ...saying, person })
  settle(model, person)
}

function settle(model: Model, person: Person): void {
  const before = person.email
  const ranked = model.entries.flatMap((entries, directory) =>
    [...entries.values()].filter((entry) => entry.person === person).map((entry) => ({ ...entry, directory })),
  )
  person.email = ranked[0]?.email ?? person.email
  person.title = ranked.find((entry) => entry.title !== undefined)?.title ?? person.title
  person.state = ranked[0]?.active ? 'active' : 'inactive'
  person.directory = ranked[0]?.directory ?? person.directory
  if (person.email === undefined || (before !== undefined && key(before) === key(person.email))) return
  if (before !== undefined && model.claims.get(key(before)) === person) model.claims.delete(key(before))
  if (!model.claims.has(key(person.email))) model.claims.set(key(person.email), person)
}

function key(email: string): string {
  return email.toLowerCase()
}

async function compare(database: Database, scope: OrganizationScope, model: Model): Promise<void> {
  const users = await allUsers(database, scope)
  const actual = [...users.values()].map((user) => {
    const { title } = user.profile as { title: string | null }
    return `${user.email} ${title} ${user.state} ${(user.directory as { name: string }).name}`
  })
  const expected = model.persons.map(
    (person) => `${person.email} ${person.title ?? null} ${person.state} ${['First', 'Second'][person.directory]}`,
  )
  assertSame('people', actual.sort(), expected.sort())
  const { links, claims } = await read(database, scope, async ({ db }) => ({
    links: (
      await sql<{ id: string; user_id: string }>`SELECT directory_user_id AS id, user_id FROM user_links`.execute(db)
    ).rows,
    claims: (await sql<{ email_key: string; user_id: string }>`SELECT email_key, user_id FROM email_claims`.execute(db))
      .rows,
  }))
  const entries = model.entries.flatMap((of) => [...of.values()])
  const personOf = new Map(entries.map((entry) => [entry.id, entry.person]))
  const userOf = new Map(links.map((link) => [personOf.get(link.id), link.user_id]))
  assertSame('links', links.map((link) => link.id).sort(), entries.map((entry) => entry.id).sort())
  assertSame('partition', new Set(links.map((link) => link.user_id)).size, new Set(personOf.values()).size)
  for (const link of links) assertSame('link', link.user_id, userOf.get(personOf.get(link.id)))
  assertSame('claims', claims.map((claim) => claim.email_key).sort(), [...model.claims.keys()].sort())
  for (const claim of claims) {
    const owner = userOf.get(model.claims.get(claim.email_key))
    if (owner !== undefined) assertSame('claim', claim.user_id, owner)
  }
}

function assertSame(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`)
}
