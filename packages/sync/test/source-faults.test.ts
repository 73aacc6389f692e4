import { type ConnectorType, connectors } from '@muster/connectors'
import {
  type ConnectorSubject,
  type FaultOutcome,
  type SourceFaultName,
  samplePopulation,
  sourceFaultNames,
  sourceFaults,
} from '@muster/connectors/conformance'
import { isLong, seed } from '@muster/testkit/effort'
import { fakeGoogleSubject } from '@muster/testkit/fake-google'
import { fakeGraphSubject } from '@muster/testkit/fake-graph'
import { fakeIdentityStoreSubject } from '@muster/testkit/fake-identity-store'
import { fakeLdapSubject } from '@muster/testkit/fake-ldap'
import { fakeOktaSubject } from '@muster/testkit/fake-okta'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { readingLimits } from '../src/reading-limits.ts'
import { addSubjectDirectory, type SubjectDirectory } from './support/subject-directory.ts'
import { openSyncWorld, type SyncWorld } from './support/sync-world.ts'

/** Of the sample population; one of them is disabled. */
const users = samplePopulation().users.length

const subjects = [
  fakeLdapSubject(definitionOf('LDAP')),
  fakeGraphSubject(definitionOf('AZURE_AD')),
  fakeGoogleSubject(definitionOf('GOOGLE_WORKSPACE')),
  fakeOktaSubject(definitionOf('OKTA')),
  fakeIdentityStoreSubject(definitionOf('AWS_DIRECTORY')),
]

function definitionOf(type: ConnectorType) {
  const definition = connectors[type]
  if (definition === undefined) throw new Error(`${type} has no connector`)
  return definition
}

/** A fault that strikes at a place of a round, of a run that a schedule or somebody asked for. */
interface Pair {
  fault: SourceFaultName
  round: 'full' | 'delta'
  place: number
  occasion: (typeof occasions)[number]
}

const occasions = ['schedule', 'manual'] as const

type Round = Pair['round']

/** The rounds in which a fault can strike; one from the beginning has no position to be forgotten. */
function roundsOf(subject: ConnectorSubject, fault: SourceFaultName): Round[] {
  const support = subject.faults[fault]
  if (typeof support === 'object' && 'lacks' in support) return []
  const full: Round[] = fault === 'expiredCheckpoint' ? [] : ['full']
  return subject.delta === 'shown' ? [...full, 'delta'] : full
}

/** Subjects with both rounds share them out, another way with every seed; who is the only one takes both. */
function roundsInTurn(subject: ConnectorSubject, fault: SourceFaultName): Round[] {
  const rounds = roundsOf(subject, fault)
  const sharing = subjects.filter((one) => roundsOf(one, fault).length === 2)
  if (isLong || rounds.length < 2 || sharing.length < 2) return rounds
  return rounds.filter((_, at) => (sharing.indexOf(subject) + sourceFaultNames.indexOf(fault) + seed + at) % 2 === 0)
}

/** A pair for each fault and round, at one of the places; a long run has all of them. */
function pairsOf(subject: ConnectorSubject, count: number): Pair[] {
  const all = Array.from({ length: count }, (_, index) => index + 1)
  const places = { full: all, delta: [1, Math.ceil(count / 2)] }
  const pairs: Pair[] = []
  for (const fault of sourceFaultNames) {
    for (const round of roundsInTurn(subject, fault)) {
      const at = seed + pairs.length
      const chosen = isLong ? places[round] : fc.sample(fc.constantFrom(...places[round]), { seed: at, numRuns: 1 })
      pairs.push(...chosen.map((place) => ({ fault, round, place, occasion: occasions[at % 2] ?? 'schedule' })))
    }
  }
  return pairs
}

interface Tally {
  active: number
  memberships: number
  people: number
  peopleInGroups: number
  deactivations: number
  removals: number
}

/** Who is there, and what was ever said of somebody leaving. */
async function tallyOf({ superuser }: SyncWorld, organizationId: string): Promise<Tally> {
  const { rows } = await superuser.query<Tally>(
    `SELECT (SELECT count(*)::int FROM directory_users WHERE organization_id = $1 AND active) AS active,
      (SELECT count(*)::int FROM memberships WHERE organization_id = $1) AS memberships,
      (SELECT count(*)::int FROM users WHERE organization_id = $1 AND state = 'active') AS people,
      (SELECT count(*)::int FROM user_groups WHERE organization_id = $1) AS "peopleInGroups",
      (SELECT count(*)::int FROM events WHERE organization_id = $1
        AND type IN ('directory.user.deactivated', 'directory.user.deleted')) AS deactivations,
      (SELECT count(*)::int FROM events WHERE organization_id = $1
        AND type IN ('directory.group.user_removed', 'directory.group.deleted')) AS removals`,
    [organizationId],
  )
  const [tally] = rows
  if (tally === undefined) throw new Error('There is no tally')
  return tally
}

interface RunRow {
  status: string
  error: { code: string }
  users_read: string
  problem_count: string
}

/** Fails unless a run ended as its fault must end it. */
async function assertOutcome(t: Test, { subject, directory }: SubjectDirectory, pair: Pair, outcome: string) {
  const { fault, round, occasion } = pair
  const name = nameOf(subject, pair)
  const { outcome: meant }: { outcome: FaultOutcome } = sourceFaults[fault]
  const run = (await directory.run()) as unknown as RunRow
  if (meant.ends === 'continues') {
    t.equal(outcome, 'completed', name)
    const told = Number(run.users_read) + Number(run.problem_count)
    if (round === 'full') t.ok(told >= users, `${name}: whoever is not read is a problem`)
    return
  }
  // A delta may have no such place; when a position is forgotten everything is read.
  if (outcome === 'completed') return t.equal(round, 'delta', `${name} completed`)
  const isLater = occasion === 'schedule' && run.status === 'waiting'
  t.equal(outcome, isLater ? 'retried' : 'failed', name)
  const support = subject.faults[fault]
  const codes = typeof support === 'object' && 'as' in support ? support.as : 'code' in meant ? [meant.code] : []
  if (codes.length > 0) t.ok([...codes, ''].includes(run.error.code), `${name}: ${run.error.code}`)
}

function nameOf(subject: ConnectorSubject, { fault, round, place, occasion }: Pair): string {
  return `${subject.name}: ${fault} at place ${place} of a ${round} by ${occasion}`
}

/** One run that the fault strikes, and one behind it that goes well. */
async function suffer(t: Test, one: SubjectDirectory, pair: Pair, assertWhole: (name: string) => Promise<void>) {
  const { subject, source, directory, change } = one
  const { fault, round, place, occasion } = pair
  const scan = round === 'full' ? ({ scan: 'full' } as const) : {}
  const limits = { ...readingLimits, ...(fault === 'hang' && { pageMilliseconds: 200 }) }
  const name = nameOf(subject, pair)
  const before = await directory.exactState()
  await change()
  await source.inject(fault, place)
  if (occasion === 'manual') await directory.request(scan)
  const outcome = await directory.sync({ ...scan, limits })
  await source.heal()
  await assertOutcome(t, one, pair, outcome)
  if (outcome !== 'completed') t.equal(await directory.exactState(), before, `${name}: nothing is written`)
  await assertWhole(name)
  // What a page lacked is not said again by itself.
  const behind = sourceFaults[fault].outcome.ends === 'continues' ? ({ scan: 'full' } as const) : scan
  t.equal(await directory.sync(behind), 'completed', `${name}: and then it is read`)
  await assertWhole(`${name}, behind it`)
  if (outcome !== 'completed')
    t.not(await directory.exactState(), before, `${name}: what has changed is seen behind it`)
}

async function sufferAll(t: Test, world: SyncWorld, subject: ConnectorSubject): Promise<Pair[]> {
  const one = await addSubjectDirectory(world, subject)
  const tally = () => tallyOf(world, one.directory.organizationId)
  try {
    t.equal(await one.directory.sync(), 'completed', `${subject.name} is read`)
    const whole = await tally()
    const edges = subject.nestedGroups === undefined || subject.nestedGroups === 'shown' ? 19 : 18
    t.match(whole, { active: users - 1, people: users - 1, memberships: edges, deactivations: 0, removals: 0 })
    const pairs = pairsOf(subject, one.source.faultPlaces)
    const assertWhole = async (name: string) => void t.strictSame(await tally(), whole, `${name}: nobody is lost`)
    for (const pair of pairs) await suffer(t, one, pair, assertWhole)
    const { deactivations, removals } = await tally()
    t.comment(`${subject.name}: ${pairs.length} pairs, ${deactivations} deactivations, ${removals} removals`)
    return pairs
  } finally {
    await one.source.close()
  }
}

t.test(`whatever happens to whatever source, nobody is taken for gone who is not (R8, seed ${seed})`, async (t) => {
  const world = await openSyncWorld(t)
  const suffered = (await Promise.all(subjects.map((subject) => sufferAll(t, world, subject)))).flat()
  const known = sourceFaultNames.flatMap((fault) =>
    subjects.flatMap((subject) => roundsOf(subject, fault).map((round) => `${fault} in a ${round}`)),
  )
  t.same(new Set(suffered.map(({ fault, round }) => `${fault} in a ${round}`)), new Set(known), 'each at some source')
})
