import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startExample } from './support/application.ts'
import { createIdentityProvider } from './support/identity-provider.ts'
import { findFreePorts, makeSite, readConnection, switchGuardOff, up } from './support/installation.ts'
import { applicationNames, prepareSamples, readBlocks } from './support/samples.ts'

async function setUp(t: Test) {
  const site = await makeSite(t)
  t.teardown(async()=>{const {execSync}=await import('node:child_process');console.error(execSync('grep -h OPEN '+site.dataDir+'/logs/*.log').toString())})
  Object.assign(site.environment,{NODE_OPTIONS:'--require /tmp/w7-preload.cjs'})
  await up(t, site)
  const connection = await readConnection(site)
  await switchGuardOff(connection)
  const get = async (path: string): Promise<Record<string, unknown>> => {
    const url = `${connection.adminUrl}${path}?organizationId=${connection.organizationId}`
    const response = await fetch(url, { headers: { authorization: `Bearer ${connection.operatorKey}` } })
    return Object(await response.json())
  }
  const stateFolder = join(site.dataDir, 'examples')
  const start = async (t: Test, path: string) => {
    const [port = 0] = await findFreePorts(1)
    return startExample(t, path, { connection, stateFolder, port })
  }
  return { connection, provider: createIdentityProvider(connection), get, start, stateFolder }
}

t.test('the examples run as they stand', async (t) => {
  const { connection, provider, get, start, stateFolder } = await setUp(t)
  const engineering = await provider.createGroup('Engineering')
  const rolesOf = async (name: string) => {
    const users = (await get('/api/users')).data as { email: string; roles: { id: string }[] }[]
    return users.find(({ email }) => email === `${name}@example.test`)?.roles.map(({ id }) => id)
  }

  for (const way of ['from-cursor', 'from-webhooks']) {
    await t.test(`roles follow groups, ${way}`, async (t) => {
      const application = await start(t, `roles-from-groups/${way}.ts`)
      const jane = await provider.createUser(way)
      for (const [operation, sign] of Object.entries({ add: '\\+', remove: '-' }) as ['add' | 'remove', string][]) {
        const started = performance.now()
        await provider.changeMember(operation, engineering, jane)
        const milliseconds = (await application.said(new RegExp(`${sign} ${way}@example.test developer`))) - started
        t.comment(`from the SCIM request to the end of the handler: ${Math.round(milliseconds)} ms`)
        t.ok(milliseconds < 5_000)
        await application.said(new RegExp(`${sign} ${way}@example.test api-access`))
        t.same(await rolesOf(way), operation === 'add' ? ['api-access', 'developer'] : [])
      }
      await application.stop()
    })
  }

  await t.test('people are greeted with what the hook made of them, or refused', async (t) => {
    const application = await start(t, 'onboarding/main.ts')
    await provider.createUser('refused', { emails: [{ value: 'refused@contractor.example' }] })
    const id = await provider.createUser('greta', {
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Engineering' },
    })
    await application.said(/^welcome greta@example.test .*"theme":"dark".*/)
    await provider.deactivate(id)
    await application.said(/^goodbye greta@example.test: sessions end at 20/)
    t.notOk(application.lines.some((line) => line.includes('refused')))
    await application.stop()
  })

  await t.test('a copy is what the API says', async (t) => {
    const first = await start(t, 'mirror/main.ts')
    await first.stop()
    await provider.changeMember('add', engineering, await provider.createUser('later'))
    const { data: events } = (await get('/api/events')) as { data: { sequence: number }[] }
    const second = await start(t, 'mirror/main.ts')
    await second.said(new RegExp(` at ${events.at(-1)?.sequence}$`))
    const mirror = JSON.parse(await readFile(join(stateFolder, 'mirror.json'), 'utf8'))
    const byId = (items: unknown) => (items as { id: string }[]).toSorted((one, other) => (one.id < other.id ? -1 : 1))
    t.same(byId(mirror.users), byId((await get('/api/users')).data))
    t.same(byId(mirror.groups), byId((await get('/api/groups')).data))
  })

  await t.test('so do the samples', (t) => trySamples(t, connection))
})

/** Samples that are no handlers: they run in their turn. */
const steps = ['Test directories', 'Metrics', 'Filters']

async function trySamples(t: Test, connection: Record<string, string>): Promise<void> {
  const { client, calls, run } = await prepareSamples(t, connection)
  const { $ } = client
  const email = 'test.user@example.test'
  const calledFor = (name: string, text = '') =>
    calls.some((call) => call.name === name && JSON.stringify(call.args).includes(text))
  const until = async (what: string, condition: () => boolean | Promise<boolean>) => {
    for (
      const end = Date.now() + 20_000;
      !(await condition());
      await new Promise((resolve) => setTimeout(resolve, 20))
    ) {
      if (Date.now() > end) throw new Error(`Not in time: ${what}`)
    }
  }
  const findUser = async () => (await $.User.list({ email }))[0]
  const hasRoles = async (...wanted: string[]) => {
    const roles = (await findUser())?.roles.map(({ id }) => id)
    return wanted.join() === roles?.join()
  }
  for (const heading of (await readBlocks()).keys()) if (!steps.includes(heading)) await run(heading)

  await run('Test directories')
  await until('created', () => calledFor('createDefaultResources', email))
  t.match(await findUser(), { firstName: 'Test', metadata: { preferences: {} } }, 'what the hook made of it')
  await $.Directory.simulate('user.updated', { email, department: 'Engineering', title: 'Senior Engineer' })
  await $.Directory.simulate('group.created', { name: 'Administrators' })
  for (const group of ['Administrators', 'Engineering']) {
    await $.Directory.simulate('group.userAdded', { group, user: email })
  }
  await until('roles', () => hasRoles('admin', 'api-access', 'developer'))
  await $.Directory.simulate('group.userRemoved', { group: 'Engineering', user: email })
  await until('roles less', () => hasRoles('admin'))
  for (const event of ['user.synced', 'user.deactivated', 'user.deleted']) await $.Directory.simulate(event, { email })
  for (const event of ['syncCompleted', 'syncFailed']) await $.Directory.simulate(event)
  await until('all', () => applicationNames.every((name) => calledFor(name)))
  await run('Metrics')
  t.match(calls.at(-1), { name: 'log', args: [{ totalSyncs: Number, usersProvisioned: Number, errorRate: Number }] })
  await run('Filters')
  t.match(await $.Organization.get(String(connection.organizationId)), {
    directoryConfig: { syncFilters: { excludeGroups: ['Contractors', 'Terminated'] } },
  })
  t.ok(calledFor('log', 'Sync completed for'))
  t.ok(calledFor('Email.send', 'directory-sync-complete'))
  t.ok(calledFor('updateTeamAccess', email))
  t.ok(calledFor('grantAdvancedPermissions', email))
}
