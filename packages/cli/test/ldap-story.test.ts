import { slapdIsMissing, startSlapd } from '@muster/testkit/slapd'
import t from 'tap'
import { companyTree, groupDn, suffix, userDn } from './support/company-tree.ts'
import { makeSite, readConnection, up } from './support/installation.ts'

type Json = Record<string, unknown>
interface Person extends Json {
  id: string
  username: string
  state: string
  groups: { name: string }[]
}

const secret = 'manager-secret'

t.test(
  'a directory of LDAP, from its first sync to the undo of its last',
  { skip: slapdIsMissing(), timeout: 280_000 },
  async (t) => {
    const slapd = await startSlapd(t, { ldif: companyTree({ users: 1_000, groups: 50 }), suffix })
    const site = await makeSite(t)
    const running = await up(t, site)
    const { adminUrl, operatorKey, organizationId } = await readConnection(site)
    const call = async (method: string, path: string, body?: Json) => {
      const mark = path.includes('?') ? '&' : '?'
      const response = await fetch(`${adminUrl}/api/${path}${mark}organizationId=${organizationId}`, {
        method,
        headers: { authorization: `Bearer ${operatorKey}`, ...(body && { 'content-type': 'application/json' }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      t.notOk(text.includes(secret), `${method} ${path} says no secret`)
      return { status: response.status, body: JSON.parse(text || 'null') }
    }
    const get = async (path: string) => (await call('GET', path)).body
    const people = async () => {
      const found: Person[] = []
      for (let after = ''; ; ) {
        const page = await get(`users?limit=200${after}`)
        found.push(...page.data)
        if (page.nextCursor === null) return found
        after = `&after=${page.nextCursor}`
      }
    }
    const states = async () =>
      Object.entries(Object.groupBy(await people(), ({ state }) => state)).map(
        ([state, of]) => `${of?.length} ${state}`,
      )
    const eventsSince = async (sequence: number) =>
      (await get(`events?after=${sequence}&limit=1000`)).data as (Json & { type: string; data: Json })[]
    const lastSequence = async () => (await get('events?limit=1')).lastSequence as number
    const typesSince = async (sequence: number) => (await eventsSince(sequence)).map(({ type }) => type)

    const created = await call('POST', 'directory', {
      name: 'Company LDAP',
      type: 'LDAP',
      config: {
        host: '127.0.0.1',
        port: slapd.port,
        bindDN: slapd.managerDN,
        bindPassword: slapd.managerPassword,
        baseDN: suffix,
        userFilter: '(objectClass=inetOrgPerson)',
      },
      sync: { intervalMinutes: 10_080 },
    })
    t.equal(created.status, 201, JSON.stringify(created.body))
    const directory = `directory/${created.body.id}`
    t.match((await call('POST', `${directory}/test`)).body, { ok: true, userCount: 1_000 })
    const sync = async () => (await call('POST', `${directory}/sync`, { scan: 'full' })).body

    const first = await call('POST', `${directory}/sync`)
    t.match(
      first,
      { status: 200, body: { synced: 1_000, run: { status: 'completed', problemCount: 0 } } },
      JSON.stringify(first.body),
    )
    t.same(await states(), ['1000 active'])
    t.match(await get('groups/count'), { count: 50 })
    const firstPeople = await people()
    t.equal(
      firstPeople.reduce((sum, { groups }) => sum + groups.length, 0),
      1_000,
    )
    t.ok(firstPeople.filter(({ managerId }) => managerId !== null).length === 999, 'managers by their DN')
    t.match(await get(directory), {
      status: 'ACTIVE',
      runningRunId: null,
      openHolds: [],
      sync: { lastSyncCount: 1_000 },
    })

    let sequence = await lastSequence()
    await slapd.change(
      `dn: ${userDn(7)}\nchangetype: modify\nreplace: title\ntitle: Boss\n\n` +
        `dn: ${groupDn(1)}\nchangetype: modify\nadd: member\nmember: ${userDn(0)}\n-\ndelete: member\nmember: ${userDn(20)}\n`,
    )
    t.match(await sync(), {
      run: { changes: { byKind: { 'user.update': 1, 'membership.add': 1, 'membership.remove': 1 }, total: 3 } },
    })
    const changed = await eventsSince(sequence)
    t.same(changed.map(({ type }) => type).sort(), [
      'directory.group.user_added',
      'directory.group.user_removed',
      'directory.sync_completed',
      'directory.user.synced',
      'directory.user.updated',
    ])
    t.match(changed.find(({ type }) => type.endsWith('.updated'))?.data, {
      changes: { title: { from: null, to: 'Boss' } },
    })
    sequence = await lastSequence()
    t.match(await sync(), { run: { changes: { total: 0 } } })
    t.same(await typesSince(sequence), ['directory.sync_completed'])

    const before = await people()

    await t.test('unreachable, it is in error, and nobody is touched', async (t) => {
      await slapd.stop()
      const failed = await call('POST', `${directory}/sync`)
      t.match(failed, { status: 422, body: { code: 'sourceUnreachable', hint: /./ } }, JSON.stringify(failed.body))
      t.match(await get(directory), { status: 'ERROR', errorMessage: /./ })
      t.same(await states(), ['1000 active'])
    })

    await t.test('found empty, removals wait, and nobody is touched', async (t) => {
      await slapd.start(companyTree({ users: 0, groups: 0 }))
      sequence = await lastSequence()
      const planned = await call('POST', `${directory}/plan`, { scan: 'full' })
      t.match(planned.body, { planned: { 'user.deactivate': 1_000, 'group.delete': 50 } }, JSON.stringify(planned.body))
      const { run } = await sync()
      t.match(run, { status: 'completed', holdId: /^hold_/, usersRemoved: 0 })
      t.same(await states(), ['1000 active'])
      t.same(await people(), before)
      t.same((await typesSince(sequence)).sort(), ['directory.recovered', 'directory.sync_completed', 'hold.created'])
      t.match(await get(directory), { status: 'ACTIVE', openHolds: [run.holdId] })

      await t.test('approved, they are deactivated; undone, they are back, and stay', async (t) => {
        t.match((await call('POST', `holds/${run.holdId}/approve`)).status, /20[02]/)
        await until(async () => (await states()).join() === '1000 inactive')
        t.same(await states(), ['1000 inactive'])
        t.match(await get('groups/count'), { count: 0 })
        const undone = await call('POST', `runs/${run.id}/undo`)
        t.match(undone.status, /20[02]/, JSON.stringify(undone.body))
        await until(async () => (await get(`runs/${undone.body.run.id}`)).finishedAt !== null)
        t.match(await get(`runs/${undone.body.run.id}`), { status: 'completed', problemCount: 0 })
        const back = await people()
        t.same(await states(), ['1000 active'])
        const same = ({ id, username, groups, managerId }: Person) => ({
          id,
          username,
          managerId,
          groups: groups.map(({ name }) => name).sort(),
        })
        t.same(back.map(same), before.map(same), 'the same ids, groups and managers')
        t.match(await get(directory), { status: 'PAUSED', sync: { nextSyncAt: null } })
        t.equal((await call('POST', `${directory}/sync`)).status, 409, 'until somebody resumes it')
        t.same(await states(), ['1000 active'])
      })
    })
    running.child.kill('SIGTERM')
    t.notOk((await running.end).said.includes(secret), 'nor does a log')
  },
)

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 100))
}
