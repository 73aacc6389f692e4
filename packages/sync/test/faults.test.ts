import { faultMayPass, type SourceFaultName, sourceFaultNames, sourceFaults } from '@muster/connectors/conformance'
import t, { type Test } from 'tap'
import { readingLimits } from '../src/reading-limits.ts'
import {
  fillSource,
  openSyncWorld,
  type ScriptedDirectory,
  type SyncedDirectory,
  type SyncWorld,
} from './support/sync-world.ts'

const counts = { users: 4, groups: 1 }

/** Every user and group is another than before, so that each page of a delta has something. */
function changeEverything({ source }: ScriptedDirectory, value: string): void {
  source.users.set(
    ...source.users.list().map((user) => ({ ...user, attributes: { ...user.attributes, title: value } })),
  )
  source.groups.set(...source.groups.list().map((group) => ({ ...group, attributes: { title: value } })))
}

/** Nobody left, and nobody lost a group. */
async function removals({ superuser }: SyncWorld, { organizationId }: SyncedDirectory): Promise<unknown> {
  const { rows } = await superuser.query(
    `SELECT (SELECT count(*)::int FROM directory_users WHERE organization_id = $1 AND active) AS active,
      (SELECT count(*)::int FROM memberships WHERE organization_id = $1) AS memberships,
      (SELECT count(*)::int FROM users WHERE organization_id = $1 AND state = 'active') AS people,
      (SELECT count(*)::int FROM user_groups WHERE organization_id = $1) AS "peopleInGroups",
      (SELECT count(*)::int FROM events WHERE organization_id = $1
        AND type IN ('directory.user.deactivated', 'directory.user.deleted', 'directory.group.user_removed')) AS events`,
    [organizationId],
  )
  return rows[0]
}

const nobodyLost = { active: 4, memberships: 2, people: 4, peopleInGroups: 2, events: 0 }

/** What an attempt comes to. */
function outcomeOf(fault: SourceFaultName, occasion: 'schedule' | 'manual'): string {
  const { outcome } = sourceFaults[fault]
  // Everything is read anew, in the same run.
  if (outcome.ends === 'continues' || fault === 'expiredCheckpoint') return 'completed'
  if (outcome.ends === 'early' || occasion === 'manual') return 'failed'
  return faultMayPass(fault) ? 'retried' : 'failed'
}

interface Case {
  world: SyncWorld
  directory: ScriptedDirectory
  round: 'snapshot' | 'delta'
  occasion: 'schedule' | 'manual'
  pages: number
}

/**
 * Has a fault happen at each page, one attempt after the other: by schedule the next goes on behind the last page, by hand it
 * begins anew. The attempt behind the last page's is whole.
 */
async function suffer(t: Test, { world, directory, round, occasion, pages }: Case, fault: SourceFaultName) {
  const scan = round === 'snapshot' ? ({ scan: 'full' } as const) : {}
  const limits = { ...readingLimits, ...(fault === 'hang' && { pageMilliseconds: 200 }) }
  const expected = outcomeOf(fault, occasion)
  for (let page = 1; page <= pages; page++) {
    const name = `${fault} at page ${page} of a ${round} by ${occasion}`
    if (page === 1 || expected === 'completed') changeEverything(directory, name)
    directory.source.script({ at: { round, page }, does: fault, times: 1 })
    const before = expected === 'completed' ? '' : await directory.exactState()
    if (occasion === 'manual') await directory.request(scan)
    t.equal(await directory.sync({ ...scan, limits }), expected, name)
    if (expected !== 'completed') t.equal(await directory.exactState(), before, `${name}: nothing is written`)
    t.strictSame(await removals(world, directory), nobodyLost, `${name}: nobody is lost`)
  }
  directory.source.script()
  // What a page lacked is not said again by itself.
  if (expected === 'completed') changeEverything(directory, `${fault} has passed`)
  t.equal(await directory.sync(scan), 'completed', `${fault} has passed`)
  const { directoryUsers } = (await directory.meaning()) as { directoryUsers: { document: { title: string } }[] }
  const titles = new Set(directoryUsers.map(({ document }) => document.title))
  t.strictSame([...titles], [directory.source.users.list()[0]?.attributes?.title])
  t.strictSame(await removals(world, directory), nobodyLost)
}

/** Every fault in one kind of round. */
async function sufferAll(t: Test, world: SyncWorld, round: 'snapshot' | 'delta'): Promise<number> {
  const directory = await world.addDirectory({ pageSize: 3 })
  fillSource(directory.source, counts)
  await directory.sync()
  changeEverything(directory, 'measured')
  const served = directory.source.pagesServed()
  await directory.sync(round === 'snapshot' ? { scan: 'full' } : {})
  const pages = directory.source.pagesServed() - served
  t.equal(pages, 3)
  for (const [index, fault] of sourceFaultNames.entries()) {
    const occasion = index % 2 === 0 ? 'schedule' : 'manual'
    await suffer(t, { world, directory, round, occasion, pages }, fault)
  }
  return pages * sourceFaultNames.length
}

t.test('whatever happens at whatever page, nobody is taken for gone who is not (R8)', async (t) => {
  const world = await openSyncWorld(t)
  const pairs = await Promise.all([sufferAll(t, world, 'snapshot'), sufferAll(t, world, 'delta')])
  t.strictSame(pairs, [78, 78], 'pairs of a page and a fault')
})
