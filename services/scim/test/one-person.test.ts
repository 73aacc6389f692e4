import { type Database, listUsers, type OrganizationScope, read, transact } from '@muster/repository'
import { comparisonKey } from '@muster/scim'
import t from 'tap'
import { eventsOf, type Installation, startDirectory, startInstallation } from './support/installation.ts'
import { isConsistent } from './support/is-consistent.ts'
import { urns } from './support/scim-client.ts'

const cause = { kind: 'system', id: 'test' } as const

async function peopleOf(database: Database, scope: OrganizationScope): Promise<Record<string, unknown>[]> {
  const rows = await read(database, scope, (reader) => listUsers(reader, {}, { after: undefined, limit: 1_000 }))
  return rows.map(({ user }) => user)
}

/** Every order of a few. */
function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item) => orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]))
}

const sayings = {
  high: { title: 'Chief', displayName: 'High', name: { givenName: 'Janet', familyName: 'Doe' } },
  low: { title: 'Worker', name: { givenName: 'Jane' }, [urns.enterprise]: { department: 'Sales' } },
} as const
type Name = keyof typeof sayings

/** What the person must show while these directories hold her; what both leave open stays as it was. */
function expected(holding: ReadonlySet<Name>, before: { title: unknown; firstName: unknown }) {
  const [top] = (['high', 'low'] as const).filter((name) => holding.has(name))
  return {
    title: top === undefined ? before.title : sayings[top].title,
    firstName: top === undefined ? before.firstName : sayings[top].name.givenName,
    state: top === undefined ? 'inactive' : 'active',
  }
}

t.test('one human in two directories that disagree, come and go in every order', async (t) => {
  for (const arrivals of orders<Name>(['high', 'low'])) {
    for (const departures of orders<Name>(['high', 'low'])) {
      await t.test(`${arrivals.join(', ')} arrive; ${departures.join(', ')} leave`, async (t) => {
        const installation = await startInstallation(t)
        const scope = await installation.addOrganization('Acme')
        // The older one ranks first.
        const clients = {
          high: (await installation.addDirectory(scope, { name: 'High' })).client,
          low: (await installation.addDirectory(scope, { name: 'Low' })).client,
        }
        const ids = new Map<Name, string>()
        let shown = { title: null as unknown, firstName: null as unknown }
        let id: unknown
        const check = async (what: string) => {
          const people = await peopleOf(installation.database, scope)
          t.equal(people.length, 1, `${what}: one person`)
          const [person] = people
          const profile = person?.profile as { title: unknown; department: unknown }
          t.match(
            { state: person?.state, title: profile.title, firstName: person?.firstName },
            expected(new Set(ids.keys()), shown),
            what,
          )
          id ??= person?.id
          t.equal(person?.id, id, 'of one id')
          shown = { title: profile.title, firstName: person?.firstName }
          if (ids.has('low')) t.equal(profile.department, 'Sales', 'what the higher one leaves open is the lower one’s')
          await isConsistent(t, installation.database, scope)
        }
        for (const name of arrivals) {
          ids.set(name, await clients[name].addUser('jane@acme.test', { emails: primary, ...sayings[name] }))
          await check(`${name} arrived`)
        }
        for (const name of departures) {
          t.equal((await clients[name].send('DELETE', `/Users/${ids.get(name)}`)).status, 204)
          ids.delete(name)
          await check(`${name} left`)
        }
        t.not(shown.title, null, 'nothing was blanked')
      })
    }
  }
})

const primary = [{ value: 'jane@acme.test', primary: true }]

/** Maps groups by name to roles, as the management API does. */
async function mapRoles(installation: Installation, scope: OrganizationScope, mappings: Record<string, string[]>) {
  await transact(installation.database, scope, cause, async (tx) => {
    const rows = Object.entries(mappings).map(([group_name, role_ids]) => ({
      organization_id: tx.organizationId,
      role_mapping_id: crypto.randomUUID(),
      group_name,
      group_name_key: comparisonKey(group_name),
      role_ids,
    }))
    await tx.db.insertInto('role_mappings').values(rows).execute()
    await tx.db
      .updateTable('organizations')
      .set((eb) => ({ has_role_mappings: true, settings_version: eb('settings_version', '+', 1) }))
      .where('organization_id', '=', tx.organizationId)
      .execute()
  })
}

t.test('deactivated and activated again, nothing else sent: ten groups and their roles are back', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const names = Array.from({ length: 10 }, (_, index) => `Group ${index}`)
  await mapRoles(installation, scope, {
    'Group 0': ['reader', 'writer'],
    'group 1': ['writer'],
    'Group 9': ['owner'],
  })
  const jane = await client.addUser('jane@acme.test')
  for (const name of names) await client.addGroup(name, [jane])
  const person = async () => (await peopleOf(installation.database, scope))[0]
  const before = await person()
  t.same(namesIn(before?.groups), names.sort())
  t.same(rolesIn(before), ['owner', 'reader', 'writer'])
  const told = async (work: () => Promise<unknown>) => {
    const { length } = await eventsOf(installation.database, scope)
    await work()
    return (await eventsOf(installation.database, scope, length)).map(({ type }) => type)
  }
  const patch = (active: boolean) => client.patch(`/Users/${jane}`, { op: 'replace', value: { active } })
  t.same(await told(() => patch(false)), ['directory.user.deactivated', 'directory.user.synced'])
  t.match(await person(), { state: 'inactive', groups: [], roles: [], sessionsRevokedAt: Date })
  await isConsistent(t, installation.database, scope)
  t.same(await told(() => patch(true)), ['directory.user.reactivated', 'directory.user.synced'])
  const { updatedAt: _, sessionsRevokedAt: revoked, ...after } = { ...(await person()) }
  const { updatedAt: __, sessionsRevokedAt: ___, ...was } = { ...before }
  t.same(after, was, 'as she was')
  t.type(revoked, Date)
  await isConsistent(t, installation.database, scope)
})

function rolesIn(person: Record<string, unknown> | undefined): string[] {
  const roles = (person?.roles ?? []) as { id: string }[]
  return [...new Set(roles.map(({ id }) => id))].sort()
}

function namesIn(groups: unknown): string[] {
  return ((groups ?? []) as { name: string }[]).map(({ name }) => name).sort()
}

t.test('roles come and go with groups, and with groups inside groups', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  await mapRoles(installation, scope, { Staff: ['employee'], Engineering: ['employee', 'developer'] })
  const jane = await client.addUser('jane@acme.test')
  const staff = await client.addGroup('Staff')
  const engineering = await client.addGroup('Engineering', [jane])
  const news = newsOf(installation, scope)
  await news()
  await client.patch(`/Groups/${staff}`, add(engineering))
  t.same(await news(), ['directory.group.user_added', 'directory.user.updated'], 'a second source of a role is no role')
  await isConsistent(t, installation.database, scope)
  await client.patch(`/Groups/${engineering}`, remove(jane))
  t.same(await news(), [
    'directory.group.user_removed',
    'directory.group.user_removed',
    'user.role_removed',
    'user.role_removed',
  ])
  await isConsistent(t, installation.database, scope)
  await client.patch(`/Groups/${staff}`, add(jane))
  t.same(await news(), ['directory.group.user_added', 'user.role_assigned'])
  await client.patch(`/Groups/${staff}`, { op: 'replace', value: { displayName: 'Crew' } })
  t.same(await news(), ['directory.group.updated', 'user.role_removed'], 'the name is what the mapping knows')
  await client.patch(`/Groups/${staff}`, { op: 'replace', value: { displayName: 'STAFF' } })
  t.same(await news(), ['directory.group.updated', 'user.role_assigned'])
  await client.patch(`/Groups/${engineering}`, add(jane))
  await news()
  await client.send('DELETE', `/Groups/${engineering}`)
  t.same((await news()).sort(), [
    'directory.group.deleted',
    'directory.group.user_removed',
    'directory.user.updated',
    'user.role_removed',
  ])
  await isConsistent(t, installation.database, scope)
})

t.test('a manager who comes later is found then, by whatever the source calls her', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const references = ['boss@acme.test', 'b-1', 'BOSS@Acme.test']
  for (const [index, value] of references.entries()) {
    await client.addUser(`worker-${index}@acme.test`, { [urns.enterprise]: { manager: { value } } })
  }
  await client.addUser('alone@acme.test', { [urns.enterprise]: { manager: { value: 'alone@acme.test' } } })
  const managers = async () =>
    (await peopleOf(installation.database, scope)).map(({ username, managerId }) => [username, managerId])
  t.same(new Set((await managers()).map(([, id]) => id)), new Set([null]))
  const news = newsOf(installation, scope)
  await news()
  const boss = await client.addUser('boss@acme.test', { externalId: 'b-1', emails: [{ value: 'boss@acme.test' }] })
  t.same(await news(), [
    'directory.user.created',
    ...references.map(() => 'directory.user.updated'),
    'directory.user.synced',
  ])
  const people = await peopleOf(installation.database, scope)
  const bossId = people.find(({ username }) => username === 'boss@acme.test')?.id
  for (const [name, id] of await managers()) {
    t.equal(id, String(name).startsWith('worker') ? bossId : null, `${name}: nobody is her own manager`)
  }
  await isConsistent(t, installation.database, scope)
  await client.patch(`/Users/${boss}`, { op: 'replace', value: { active: false } })
  t.ok(
    (await managers()).some(([, id]) => id === bossId),
    'an inactive manager still is one',
  )
})

const add = (value: string) => ({ op: 'add', path: 'members', value: [{ value }] })
const remove = (value: string) => ({ op: 'remove', path: 'members', value: [{ value }] })

/** The types of the events since the last call. */
function newsOf({ database }: Installation, scope: OrganizationScope): () => Promise<string[]> {
  let seen = 0
  return async () => {
    const events = await eventsOf(database, scope, seen)
    seen = events.at(-1)?.sequence ?? seen
    return events.map(({ type }) => type)
  }
}
