import { setTimeout as delay } from 'node:timers/promises'
import type { ConnectorType } from '@muster/connectors'
import type { Test } from 'tap'
import type { Json, Person, StoryOrganization } from './story-organization.ts'

/** A source that a story is told about: everybody in it is active. */
export interface StorySource {
  title: string
  type: ConnectorType
  config: Json
  /** The same with a secret that is not the right one. */
  wrongConfig: Json
  users: number
  groups: number
  /** Of people, those by nested groups included. */
  memberships: number
  /** People who have a manager. */
  managed: number
  /** Changes one user, has one join a group and one leave it. */
  change(): Promise<void>
  /** What people see of the change of the user. */
  changed: Json
  /** From now on it cannot be read. */
  fail(): Promise<void>
  /** The code of the problem that this is. */
  failure: string
  /** It is to be read again, and there is nobody in it. */
  empty(): Promise<void>
}

interface Story {
  t: Test
  source: StorySource
  organization: StoryOrganization
  /** The path of the directory. */
  directory: string
  /** Reads everything now; answers with the whole of it. */
  sync(): Promise<{ status: number; body: { synced: number; run: Json & { id: string; holdId: string } } }>
}

/** How long anything may take that is waited for. */
const patienceMilliseconds = 60_000

/** From the first configuration of a directory to the undo of its last sync. */
export async function tellStory(t: Test, source: StorySource, organization: StoryOrganization): Promise<void> {
  const directory = await configure(t, source, organization)
  const sync: Story['sync'] = () => organization.call('POST', `${directory}/sync`, { scan: 'full' })
  const story = { t, source, organization, directory, sync }
  await readFirst(story)
  await followChange(story)
  const before = await organization.people()
  await failToRead(story)
  const run = await holdRemovals(story, before)
  await removeAndReturn(story, run, before)
}

/** Created paused with a wrong secret, refused, corrected. */
async function configure(t: Test, source: StorySource, { call, get }: StoryOrganization): Promise<string> {
  const created = await call('POST', 'directory', {
    name: source.title,
    type: source.type,
    config: source.wrongConfig,
    sync: { intervalMinutes: 10_080 },
    paused: true,
  })
  t.equal(created.status, 201, JSON.stringify(created.body))
  const directory = `directory/${created.body.id}`
  const refused = await call('POST', `${directory}/test`)
  t.match(refused, { status: 422, body: { code: 'sourceCredentials', detail: /./, hint: /./ } }, text(refused.body))
  t.match(await get(directory), { status: 'PAUSED' })
  const corrected = await call('PATCH', directory, { config: source.config })
  t.equal(corrected.status, 200, JSON.stringify(corrected.body))
  const tested = await call('POST', `${directory}/test`)
  t.match(tested.body, { ok: true, userCount: source.users }, text(tested.body))
  return directory
}

/** What a plan says comes to be, and nothing before somebody resumes. */
async function readFirst({ t, source, organization, directory, sync }: Story): Promise<void> {
  const { call, get, people, states, eventsSince } = organization
  const { users, groups, memberships, managed } = source
  const planned = (await call('POST', `${directory}/plan`)).body
  t.match(planned, { planned: { 'user.create': users, 'group.create': groups } }, text(planned))
  t.same(await people(), [], 'a plan makes nobody')

  t.equal((await call('POST', `${directory}/resume`)).status, 200)
  const first = await sync()
  t.match(
    first,
    { status: 200, body: { synced: users, run: { status: 'completed', problemCount: 0 } } },
    text(first.body),
  )
  t.same(await states(), { active: users, inactive: 0 })
  t.match(await get('groups/count'), { count: groups })
  const everybody = await people()
  t.equal(
    everybody.reduce((sum, person) => sum + person.groups.length, 0),
    memberships,
  )
  t.equal(everybody.filter(({ managerId }) => managerId !== null).length, managed, 'managers are found')
  const counted = Object.groupBy(await eventsSince(0), ({ type }) => type)
  t.equal(counted['directory.group.created']?.length, groups)
  t.equal(counted['directory.user.created']?.length, users)
  t.match(await get(directory), {
    status: 'ACTIVE',
    runningRunId: null,
    openHolds: [],
    sync: { lastSyncCount: users },
  })
}

/** What has changed, and nothing else. */
async function followChange({ t, source, organization, sync }: Story): Promise<void> {
  const { lastSequence, eventsSince, typesSince } = organization
  let sequence = await lastSequence()
  await source.change()
  const { run } = (await sync()).body
  const byKind = { 'user.update': 1, 'membership.add': 1, 'membership.remove': 1 }
  t.same(run.changes && (run.changes as Json).byKind, byKind, text(run))
  t.same(await typesSince(sequence), [
    'directory.group.user_added',
    'directory.group.user_removed',
    'directory.sync_completed',
    'directory.user.synced',
    'directory.user.updated',
  ])
  const updated = (await eventsSince(sequence)).find(({ type }) => type.endsWith('.updated'))
  t.match(updated?.data, { changes: source.changed }, text(updated?.data))
  sequence = await lastSequence()
  t.match(await sync(), { body: { run: { changes: { total: 0 } } } })
  t.same(await typesSince(sequence), ['directory.sync_completed'])
}

async function failToRead({ t, source, organization, directory }: Story): Promise<void> {
  const { call, get, states } = organization
  await source.fail()
  const failed = await call('POST', `${directory}/sync`)
  t.match(failed, { status: 422, body: { code: source.failure, hint: /./ } }, text(failed.body))
  t.match(await get(directory), { status: 'ERROR', errorMessage: /./ })
  t.same(await states(), { active: source.users, inactive: 0 }, 'nobody is touched')
}

/** The run whose removals are held. */
async function holdRemovals(story: Story, before: readonly Person[]): Promise<{ id: string; holdId: string }> {
  const { t, source, organization, directory, sync } = story
  const { call, get, people, lastSequence, typesSince } = organization
  await source.empty()
  const sequence = await lastSequence()
  const planned = (await call('POST', `${directory}/plan`, { scan: 'full' })).body
  const gone = { 'user.deactivate': source.users, 'group.delete': source.groups }
  t.match(planned, { planned: gone }, text(planned))
  const { run } = (await sync()).body
  t.match(run, { status: 'completed', holdId: /^hold_/, usersRemoved: 0 }, text(run))
  t.same(await people(), before, 'nobody is touched')
  t.same(await typesSince(sequence), ['directory.recovered', 'directory.sync_completed', 'hold.created'])
  t.match(await get(directory), { status: 'ACTIVE', openHolds: [run.holdId] })
  return run
}

/** Approved, they are deactivated; undone, they are back, and stay. */
async function removeAndReturn(story: Story, run: { id: string; holdId: string }, before: readonly Person[]) {
  const { t, source, organization, directory } = story
  const { call, get, people, states } = organization
  t.match((await call('POST', `holds/${run.holdId}/approve`)).status, /20[02]/)
  await until(async () => (await get('groups/count')).count === 0 && (await states()).active === 0)
  t.same(await states(), { active: 0, inactive: source.users })
  t.match(await get('groups/count'), { count: 0 })
  const undone = await call('POST', `runs/${run.id}/undo`)
  t.match(undone.status, /20[02]/, text(undone.body))
  await until(async () => (await get(`runs/${undone.body.run.id}`)).finishedAt !== null)
  t.match(await get(`runs/${undone.body.run.id}`), { status: 'completed', problemCount: 0 })
  t.same(await states(), { active: source.users, inactive: 0 })
  const same = ({ id, username, groups, managerId }: Person) => ({
    id,
    username,
    managerId,
    groups: groups.map(({ name }) => name).sort(),
  })
  t.same((await people()).map(same), before.map(same), 'the same ids, groups and managers')
  t.match(await get(directory), { status: 'PAUSED', sync: { nextSyncAt: null } })
  t.equal((await call('POST', `${directory}/sync`)).status, 409, 'until somebody resumes it')
  t.same(await states(), { active: source.users, inactive: 0 })
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds
  while (Date.now() < deadline && !(await holds())) await delay(100)
}

function text(value: unknown): string {
  return JSON.stringify(value)
}
