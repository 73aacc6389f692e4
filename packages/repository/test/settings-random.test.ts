import type { Mapping } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { seed, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import type { TestDirectory } from './support/directory.ts'
import { addDirectory } from './support/directory.ts'
import { openInstallation } from './support/installation.ts'
import { eventsDuring, typesOf } from './support/reading.ts'
import { type SettingsStage, stageOf } from './support/settings-stage.ts'

interface Filters {
  includeGroups: string[]
  excludeGroups: string[]
  includeActive: boolean
  customFilters: Record<string, string[]>
}

type Command =
  | { kind: 'say'; directory: number; human: number; saying: JsonObject }
  | { kind: 'delete'; directory: number; human: number }
  | { kind: 'member'; directory: number; group: number; human: number; joins: boolean }
  | { kind: 'nest'; directory: number; joins: boolean }
  | { kind: 'rename'; directory: number; name: string }
  | { kind: 'filters'; directory: number | undefined; filters: Filters }
  | { kind: 'mapping'; directory: number; mapping: Mapping }
  | { kind: 'order'; order: number[] }

/** Groups of each directory; the last one is now and then renamed. */
const groupNames = ['Red', 'Green', 'Blue']
const at = fc.nat({ max: 1 })
const human = fc.nat({ max: 4 })
const someGroups = fc.subarray([...groupNames, 'Gone'], { maxLength: 2 })
const saying = fc.record(
  {
    active: fc.boolean(),
    title: fc.constantFrom('Engineer', 'Director'),
    nickName: fc.constantFrom('Nick', 'Engineer'),
    userType: fc.constantFrom('staff', 'guest'),
  },
  { requiredKeys: ['active'] },
) as fc.Arbitrary<JsonObject>
const filters: fc.Arbitrary<Filters> = fc.record({
  includeGroups: someGroups,
  excludeGroups: fc.subarray(groupNames, { maxLength: 1 }),
  includeActive: fc.boolean(),
  customFilters: fc.constantFrom<Filters['customFilters']>({}, {}, { userType: ['Staff'] }, { title: ['engineer'] }),
})
const mapping: fc.Arbitrary<Mapping> = fc.constantFrom<Mapping>(
  {},
  { title: 'nickName' },
  { title: 'first(title, nickName)', 'customAttributes.kind': 'userType' },
  { title: null, firstName: 'title' },
)
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('say' as const), directory: at, human, saying }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), directory: at, human }) },
  {
    weight: 4,
    arbitrary: fc.record({
      ...{ kind: fc.constant('member' as const), directory: at, human, joins: fc.boolean() },
      group: fc.nat({ max: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('nest' as const), directory: at, joins: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('rename' as const),
      directory: at,
      name: fc.constantFrom('Blue', 'Gone'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('filters' as const),
      directory: fc.option(at, { nil: undefined }),
      filters,
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('mapping' as const), directory: at, mapping }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('order' as const), order: fc.shuffledSubarray([0, 1]) }) },
)

interface Known {
  directory: TestDirectory
  users: Map<number, string>
  groups: string[]
}

async function addKnown(stage: SettingsStage, name: string): Promise<Known> {
  const directory = await addDirectory(stage.database, stage.scope, name)
  const groups: string[] = []
  for (const group of groupNames) groups.push(await directory.createGroup(group))
  return { directory, users: new Map(), groups }
}

async function saySomething({ directory, users }: Known, one: Command & { kind: 'say' | 'delete' }): Promise<void> {
  const id = users.get(one.human)
  const userName = `human-${one.human}@acme.test`
  if (one.kind === 'say') {
    const document = { userName, emails: [{ value: userName }], ...one.saying }
    if (id === undefined) users.set(one.human, await directory.createUser(document))
    else await directory.updateUser(id, () => document)
  } else if (id !== undefined) {
    await directory.deleteUsers([id])
    users.delete(one.human)
  }
}

async function execute(stage: SettingsStage, all: readonly Known[], one: Command): Promise<void> {
  const known = all['directory' in one ? (one.directory ?? 0) : 0]
  if (known === undefined) return
  const { directory, users, groups } = known
  const [red = '', green = '', blue = ''] = groups
  const step = (joins: boolean) => (joins ? 'add' : 'remove')
  switch (one.kind) {
    case 'say':
    case 'delete':
      return saySomething(known, one)
    case 'member': {
      const id = users.get(one.human)
      if (id === undefined) return
      await directory.changeMembers(groups[one.group] ?? '', [{ kind: step(one.joins), ids: [id] }])
      return
    }
    case 'nest':
      await directory.changeMembers(red, [{ kind: step(one.joins), ids: [green] }])
      return
    case 'rename':
      await directory.renameGroup(blue, one.name)
      return
    case 'filters':
      return changeAsPlanned(stage, { filters: one.filters }, one.directory === undefined ? undefined : directory)
    case 'mapping':
      return changeAsPlanned(stage, { mapping: one.mapping }, directory)
    case 'order':
      return changeAsPlanned(stage, { order: one.order.flatMap((place) => all[place]?.directory ?? []) })
  }
}

/** What the preview says is what happens, unless somebody who joins a person changes more. */
async function changeAsPlanned(
  stage: SettingsStage,
  asked: Parameters<SettingsStage['change']>[0],
  directory?: TestDirectory,
): Promise<void> {
  const planned = await stage.preview(asked, directory)
  const types = typesOf(await eventsDuring(stage.database, stage.scope, () => stage.change(asked, directory)))
  const count = (type: string) => types.filter((one) => one === type).length
  if (planned.created > 0) return
  const happened = {
    deactivated: count('directory.user.deactivated'),
    reactivated: count('directory.user.reactivated'),
    created: count('directory.user.created'),
  }
  const { deactivated, reactivated, created } = planned
  const [told, did] = [{ deactivated, reactivated, created }, happened].map((counts) => JSON.stringify(counts))
  if (told !== did) throw new Error(`${JSON.stringify(asked)}: planned ${told}, happened ${did}`)
  const changed = planned.sample.filter(({ changes }) => Object.keys(changes).length > 0).length
  const updates = count('directory.user.updated')
  if (updates < changed) throw new Error(`${JSON.stringify(asked)}: ${changed} planned to change, ${updates} did`)
}

t.test(
  'whatever settings and directories do, previews are right and deriving everybody again changes nothing',
  async (t) => {
    const installation = await openInstallation(t)
    const property = fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 30 }), async (commands) => {
      const stage = stageOf(installation.database, await installation.addOrganization())
      const all = [await addKnown(stage, 'First'), await addKnown(stage, 'Second')]
      for (const one of commands) await execute(stage, all, one)
      const events = await eventsDuring(stage.database, stage.scope, stage.settleAgain)
      if (events.length > 0) throw new Error(`Deriving again: ${typesOf(events)}`)
      const quiet = await stage.preview({})
      if (quiet.removals + quiet.deactivated + quiet.reactivated + quiet.updated + quiet.created > 0) {
        throw new Error(`The preview of nothing: ${JSON.stringify(quiet)}`)
      }
    })
    const details = await fc.check(property, { seed, numRuns: times(12, 300) })
    t.same(details.failed ? fc.defaultReportMessage(details) : undefined, undefined, `seed ${seed}`)
  },
)
