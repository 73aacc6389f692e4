import { MusterError } from '@muster/runtime/errors'
import { type JsonObject, type MemberStep, sameJson } from '@muster/scim'
import fc from 'fast-check'
import type { TestDirectory } from './directory.ts'

/** What is known to exist, shared by all who play; an id may be gone by the time it is used. */
interface Known {
  directory: TestDirectory
  users: string[]
  groups: string[]
}

const kinds = {
  createUser: 4,
  patchUser: 6,
  deleteUser: 1,
  createGroup: 1,
  renameGroup: 1,
  deleteGroup: 1,
  changeMembers: 8,
} as const

type Kind = keyof typeof kinds

/** One command; numbers are reduced to whatever is known when it runs. */
export interface Command {
  kind: Kind
  directory: number
  target: number
  picks: number[]
  step: 'add' | 'remove' | 'replace' | 'removeWhere'
  person: number
  active: boolean
  title: string | undefined
}

const number = fc.nat({ max: 1_000_000 })

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.oneof(...Object.entries(kinds).map(([kind, weight]) => ({ weight, arbitrary: fc.constant(kind as Kind) }))),
  directory: number,
  target: number,
  picks: fc.array(number, { maxLength: 4 }),
  step: fc.constantFrom('add', 'add', 'remove', 'replace', 'removeWhere'),
  person: fc.nat({ max: 39 }),
  active: fc.oneof({ weight: 2, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  title: fc.option(fc.constantFrom('Engineer', 'Director'), { nil: undefined }),
})

export function randomCommands(seed: number, count: number): Command[] {
  return fc.sample(command, { seed, numRuns: count })
}

/** Answers with a function that runs one command on one of the directories. */
export function playerOf(directories: readonly TestDirectory[]): (command: Command) => Promise<unknown> {
  const all = directories.map((directory): Known => ({ directory, users: [], groups: [] }))
  return async (command) => {
    const known = pick(all, command.directory)
    if (known !== undefined) await verbs[command.kind](known, command)
  }
}

const verbs: Record<Kind, (known: Known, command: Command) => Promise<unknown>> = {
  createUser: async ({ directory, users }, command) => {
    const [id] = await directory.createUsers([{ userName: `user-${command.person}`, ...saying(command) }])
    if (id !== undefined) users.push(id)
  },
  patchUser: async ({ directory, users }, command) => {
    const id = pick(users, command.target)
    if (id === undefined) return
    await directory.updateUser(id, (document) => {
      const changed = { ...document, ...saying(command) }
      return sameJson(document, changed) ? { ...document, nickName: String(command.picks) } : changed
    })
  },
  deleteUser: async ({ directory, users }, command) => {
    const ids = command.picks.flatMap((number) => pick(users, number) ?? []).slice(0, 2)
    await directory.deleteUsers(ids)
    for (const id of ids) forget(users, id)
  },
  createGroup: async ({ directory, users, groups }, command) => {
    const members = command.picks.flatMap((number) => pick(users, number) ?? [])
    groups.push(await directory.createGroup(freshName('group'), members))
  },
  renameGroup: async ({ directory, groups }, command) => {
    const id = pick(groups, command.target)
    if (id !== undefined) await directory.renameGroup(id, freshName('renamed'))
  },
  deleteGroup: async ({ directory, groups }, command) => {
    const id = pick(groups, command.target)
    if (id === undefined) return
    await directory.deleteGroup(id)
    forget(groups, id)
  },
  changeMembers: async ({ directory, users, groups }, command) => {
    const id = pick(groups, command.target)
    if (id !== undefined) await directory.changeMembers(id, [stepOf(command, users)])
  },
}

/** Most of what is picked is to be there still. */
function forget(ids: string[], id: string): void {
  const index = ids.indexOf(id)
  if (index !== -1) ids.splice(index, 1)
}

/** Cut off, and nothing else, may a command be while connections are killed. */
export function passIfCutOff(error: unknown): undefined {
  if (!(error instanceof MusterError && error.code === 'unavailable')) throw error
  return undefined
}

let names = 0

/** No two groups are ever given one name: also one whose creation was cut off may be there. */
function freshName(prefix: string): string {
  names++
  return `${prefix}-${names}`
}

function stepOf({ step, picks }: Command, users: readonly string[]): MemberStep {
  const ids = picks.flatMap((number) => pick(users, number) ?? [])
  if (step !== 'removeWhere') return { kind: step, ids }
  const prefix = (ids[0] ?? 'none').slice(0, -1)
  return { kind: 'removeWhere', filter: { kind: 'compare', field: 'value', operator: 'sw', value: prefix } }
}

/** What the source says of one of forty humans; some have two addresses to change between. */
function saying({ person, active, title, picks }: Command): JsonObject {
  const email = `human-${person}${picks.length === 4 ? '-new' : ''}@acme.test`
  return { emails: [{ value: email }], active, ...(title === undefined ? {} : { title }) }
}

function pick<T>(from: readonly T[], number: number): T | undefined {
  return from[number % Math.max(from.length, 1)]
}
