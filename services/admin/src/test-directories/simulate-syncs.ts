import { randomInt } from 'node:crypto'
import {
  activateAgain,
  clearDirectoryError,
  countsOf,
  reportSyncCompleted,
  reportSyncFailed,
  type SyncError,
  type SyncStats,
  setDirectoryError,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { Scene, Simulation } from './simulation.ts'
import { readMembers, type SimulationData } from './simulation-data.ts'

const madeUpError = { code: 'simulated', message: 'The directory did not answer (simulated).' }
const statsMembers = {
  usersCreated: 'count',
  usersUpdated: 'count',
  usersDeleted: 'count',
  groupsCreated: 'count',
  membershipChanges: 'count',
  duration: 'count',
} as const satisfies Record<keyof SyncStats, 'count'>
/** What a pull of so many users takes, about. */
const millisecondsPerUser = 4

/** What the pull of a directory would report. A test directory is never pulled; it says so all the same. */
export const syncSimulations: Readonly<Record<string, Simulation>> = {
  'directory.activated': { data: {}, run: ({ tx, directory }) => activateAgain(tx, directory.directoryId) },
  'directory.sync_completed': { data: { stats: 'object' }, run: completeSync },
  'directory.sync_failed': {
    data: { error: 'object' },
    run: ({ tx, directory }, data) => reportSyncFailed(tx, directory.directoryId, { error: errorIn(data) }),
  },
  'directory.error': {
    data: { error: 'object' },
    run: ({ tx, directory }, data) => setDirectoryError(tx, directory.directoryId, errorIn(data)),
  },
  'directory.recovered': { data: {}, run: recover },
}

/** Unless told otherwise, as if all that the directory holds had come just now. */
async function completeSync({ tx, directory }: Scene, data: SimulationData): Promise<void> {
  const given = readMembers('body.data.stats', data.object('stats') ?? {}, statsMembers)
  const { users, groups, memberships } = await countsOf(tx, directory.directoryId)
  const stats = {
    ...{ usersCreated: users, usersUpdated: 0, usersDeleted: 0, groupsCreated: groups, membershipChanges: memberships },
    duration: users * millisecondsPerUser + randomInt(200, 500),
    ...(given as Partial<SyncStats>),
  }
  await reportSyncCompleted(tx, directory.directoryId, { stats })
}

async function recover({ tx, directory }: Scene): Promise<void> {
  if (directory.status !== 'ERROR')
    throw new MusterError('conflict', 'The directory is not in error; simulate an error first.')
  await clearDirectoryError(tx, directory.directoryId)
}

function errorIn(data: SimulationData): SyncError {
  const given = readMembers('body.data.error', data.object('error') ?? {}, { code: 'text', message: 'text' })
  return { ...madeUpError, ...given }
}
