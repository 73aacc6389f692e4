import { fromTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import fc from 'fast-check'
import { sql } from 'kysely'
import { read, transact, type UserExplanation } from '../../src/index.ts'
import { settlePersons } from '../../src/people/settling/settle-persons.ts'
import { cause, userDocument } from './directory.ts'
import { type ExplainStage, openExplainStage } from './explaining.ts'
import type { Installation } from './installation.ts'
import { allUsers } from './reading.ts'

const humans = ['ann', 'bob', 'eve'] as const
const groupNames = ['one', 'two', 'three', 'four'] as const
const roles = ['reader', 'writer'] as const
const side = fc.constantFrom<'okta' | 'google'>('okta', 'google')
const human = fc.constantFrom(...humans)
const groupName = fc.constantFrom(...groupNames)
const title = fc.option(fc.constantFrom('Engineer', 'Director'), { nil: undefined })

type Command =
  | { kind: 'say'; side: 'okta' | 'google'; human: string; active: boolean; title: string | undefined }
  | { kind: 'delete'; side: 'okta' | 'google'; human: string }
  | { kind: 'join' | 'leave'; side: 'okta' | 'google'; group: string; member: string }
  | { kind: 'filter'; side: 'okta' | 'google' | undefined; filters: JsonObject }
  | { kind: 'map'; side: 'okta' | 'google' | undefined; group: string; role: string }
  | { kind: 'value'; human: string; column: 'manual' | 'pinned'; title: string }
  | { kind: 'order'; reversed: boolean }

const filters = fc.oneof(
  fc.constant<JsonObject>({}),
  fc.record<JsonObject>({ excludeGroups: fc.array(groupName, { maxLength: 1 }), includeActive: fc.boolean() }),
  fc.record<JsonObject>({ includeGroups: fc.array(groupName, { maxLength: 2 }) }),
  fc.constant<JsonObject>({ customFilters: { title: ['engineer'] } }),
)
const kind = <K extends Command['kind']>(name: K) => fc.constant(name)
const maybeSide = fc.option(side, { nil: undefined })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('say'), side, human, active: fc.boolean(), title }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('delete'), side, human }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom('join' as const, 'join' as const, 'leave' as const),
      side,
      group: groupName,
      member: fc.constantFrom(...humans, ...groupNames),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('filter'), side: maybeSide, filters }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: kind('map'), side: maybeSide, group: groupName, role: fc.constantFrom(...roles) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind('value'),
      human,
      column: fc.constantFrom('manual' as const, 'pinned' as const),
      title: fc.constant('By hand'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('order'), reversed: fc.boolean() }) },
)

/** The ids behind the names of a world, by side and name. */
type Known = Map<string, string>

/** After any commands, settled to the end, what is explained is what the tables have. */
export function explainWorlds(installation: Installation) {
  return fc.asyncProperty(fc.array(command, { minLength: 10, maxLength: 40 }), async (commands) => {
    const stage = await openExplainStage(installation)
    const known: Known = new Map()
    for (const at of ['okta', 'google'] as const) {
      for (const name of groupNames) known.set(`${at} ${name}`, await stage[at].createGroup(name))
    }
    for (const one of commands) await execute(stage, known, one)
    await stage.settle()
    for (const [id, view] of await allUsers(stage.database, stage.scope)) {
      const userId = fromTypeId('user', id) ?? ''
      const explanation = await stage.explain(userId)
      compareToView(explanation, view)
      await compareWays(stage, explanation)
      for (const roleId of roles) compareRole(await stage.explain(userId, { roleId }), roleId, view)
      for (const group of known.values()) await compareGroup(stage, userId, group, view)
    }
  })
}

async function execute(stage: ExplainStage, known: Known, one: Command): Promise<void> {
  switch (one.kind) {
    case 'say': {
      const key = `${one.side} ${one.human}`
      const id = known.get(key)
      const document = userDocument(`${one.human}@acme.test`, {
        active: one.active,
        ...(one.title && { title: one.title }),
      })
      if (id === undefined) known.set(key, await stage[one.side].createUser(document))
      else await stage[one.side].updateUser(id, () => document)
      return
    }
    case 'delete': {
      const id = known.get(`${one.side} ${one.human}`)
      if (id !== undefined) await stage[one.side].deleteUsers([id])
      known.delete(`${one.side} ${one.human}`)
      return
    }
    case 'join':
    case 'leave': {
      const [group, member] = [known.get(`${one.side} ${one.group}`), known.get(`${one.side} ${one.member}`)]
      if (group === undefined || member === undefined || group === member) return
      const step = { kind: one.kind === 'join' ? ('add' as const) : ('remove' as const), ids: [member] }
      await stage[one.side].changeMembers(group, [step])
      return
    }
    case 'filter':
      return stage.filterBy(one.filters, one.side && stage[one.side])
    case 'map': {
      const groupId = known.get(`${one.side} ${one.group}`)
      await stage.mapRoles({ ...(groupId === undefined ? { groupName: one.group } : { groupId }), roleIds: [one.role] })
      return
    }
    case 'value':
      return giveTitle(stage, one)
    case 'order':
      return one.reversed ? stage.order(stage.google, stage.okta) : stage.order(stage.okta, stage.google)
  }
}

function giveTitle({ database, scope }: ExplainStage, given: Command & { kind: 'value' }): Promise<void> {
  return transact(database, scope, cause, async (tx) => {
    const { rows } = await sql<{
      user_id: string
    }>`UPDATE users SET ${sql.ref(given.column)} = ${JSON.stringify({ title: given.title })}
      WHERE organization_id = ${tx.organizationId} AND email_key = ${`${given.human}@acme.test`} RETURNING user_id`.execute(
      tx.db,
    )
    await settlePersons(
      tx,
      rows.map((row) => row.user_id),
      { directoryId: null },
    )
  })
}

/** A person as every surface shows it. */
type View = Record<string, unknown>

function compareToView(explanation: UserExplanation, view: View): void {
  if (JSON.stringify(explanation).includes('"notSettledYet"')) throw new Error('everything is settled')
  const groups = view.groups as { id: string }[]
  const roles = view.roles as { id: string; source: string }[]
  same('state', explanation.state.value, view.state)
  same('manager', explanation.manager.managerId, view.managerId)
  const ids = (list: readonly { id: string | null }[]) => list.map(({ id }) => id).sort()
  same('groups', ids(explanation.groups), ids(groups))
  const sources = explanation.roles.flatMap(({ id, sources: own }) => own.map(({ source }) => `${id} ${source}`))
  same('roles', sources.sort(), roles.map(({ id, source }) => `${id} ${source}`).sort())
  const shown = { ...view, ...(view.profile as object) } as View
  const explained = new Map(explanation.attributes.map(({ name, value }) => [name, value]))
  for (const name of ['email', 'username', 'title', 'department']) same(name, explained.get(name) ?? null, shown[name])
}

function compareRole({ role }: UserExplanation, roleId: string, view: View): void {
  const has = (view.roles as { id: string }[]).some(({ id }) => id === roleId)
  same(`has ${roleId}`, role?.has, has)
  same('something is missing for what one has not', (role?.missing.length ?? 0) > 0, !has)
}

async function compareGroup(stage: ExplainStage, userId: string, groupId: string, view: View): Promise<void> {
  const { group } = await stage.explain(userId, { groupId })
  const has = (view.groups as { id: string }[]).some(({ id }) => id === group?.id)
  same('has the group', group?.has, has)
  same('a reason for what one has', ['member', 'nestedMember'].includes(group?.reason ?? ''), has)
}

/** Each step of a way is a membership of the directory layer. */
async function compareWays(stage: ExplainStage, { groups, state }: UserExplanation): Promise<void> {
  const { rows } = await read(stage.database, stage.scope, ({ db }) =>
    sql<{ edge: string }>`SELECT member_id || ' ' || directory_group_id AS edge FROM memberships
      WHERE organization_id = ${stage.scope.organizationId}`.execute(db),
  )
  const edges = new Set(rows.map(({ edge }) => edge))
  for (const { way, id, directoryId } of groups) {
    const link = state.links.find((one) => one.directoryId === directoryId)
    const steps = [link?.directoryUserId, ...(way ?? []).map((group) => fromTypeId('group', group.id))]
    same('the way leads there', way?.at(-1)?.id, id)
    for (const [at, step] of steps.slice(1).entries()) same(`step ${at}`, edges.has(`${steps[at]} ${step}`), true)
  }
}

function same(what: string, actual: unknown, expected: unknown): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (left !== right) throw new Error(`${what}: ${left} instead of ${right}`)
}
