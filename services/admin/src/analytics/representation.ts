import type { DayRange, DayTally, DirectoryTally, Tally } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { nullableTimestamp } from '../schema/values.ts'
import { daysOf } from './periods.ts'

const counted = {
  syncCount: Type.Integer({ description: 'Sync runs that ended. What an identity provider pushes is no run.' }),
  usersCreated: Type.Integer(),
  usersUpdated: Type.Integer(),
  usersDeactivated: Type.Integer({ description: 'People who became inactive and are still in a directory.' }),
  usersReactivated: Type.Integer(),
  usersDeleted: Type.Integer({ description: 'People whom the last directory let go of; they are kept, inactive.' }),
  groupsCreated: Type.Integer(),
  groupsDeleted: Type.Integer(),
  membershipChanges: Type.Integer({ description: 'People who joined or left a group, each counted.' }),
  avgDuration: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'Of the completed sync runs, in milliseconds; null when there were none.',
  }),
  errorRate: Type.Unsafe<number | null>({
    type: ['number', 'null'],
    description: 'The share of sync runs that failed, 0 to 1; null when there were none.',
  }),
}

const lastSync = Type.Unsafe<string | null>({
  ...nullableTimestamp,
  description: 'When the last sync run of the period was completed.',
})

const date = Type.String({ format: 'date' })

export const activitySchema = Type.Object({
  period: Type.Object({ from: date, to: date }, { description: 'Days in UTC, both included.' }),
  ...counted,
  lastSync,
  countedTo: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'The `sequence` of the last event that is counted; null for the whole installation.',
  }),
  days: Type.Array(Type.Object({ date, ...counted }), { description: 'Every day of the period, in order.' }),
})

export const directoryActivitySchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  type: Type.String(),
  status: Type.String(),
  ...counted,
  lastSync,
})

const nothing: Omit<Tally, 'lastSyncAt'> = {
  ...{ usersCreated: 0, usersUpdated: 0, usersDeactivated: 0, usersReactivated: 0, usersDeleted: 0 },
  ...{ groupsCreated: 0, groupsDeleted: 0, membershipChanges: 0 },
  ...{ syncsCompleted: 0, syncsFailed: 0, syncMilliseconds: 0 },
}

/** `tallies` has the days on which something happened. */
export function representActivity(
  range: DayRange,
  tallies: readonly DayTally[],
  countedTo: number | null,
): Static<typeof activitySchema> {
  const byDay = new Map(tallies.map((tally) => [tally.day, tally]))
  const instants = tallies.flatMap(({ lastSyncAt }) => lastSyncAt?.toISOString() ?? [])
  return {
    period: range,
    ...representCounted(tallies.reduce(add, nothing)),
    lastSync: instants.sort().at(-1) ?? null,
    countedTo,
    days: daysOf(range).map((date) => ({ date, ...representCounted(byDay.get(date) ?? nothing) })),
  }
}

export function representDirectoryActivity(tally: DirectoryTally): Static<typeof directoryActivitySchema> {
  const { directoryId, name, type, status, lastSyncAt } = tally
  return {
    ...{ id: toTypeId('directory', directoryId), name, type, status },
    ...representCounted(tally),
    lastSync: lastSyncAt?.toISOString() ?? null,
  }
}

function add(sum: typeof nothing, tally: typeof nothing): typeof nothing {
  const names = Object.keys(nothing) as (keyof typeof nothing)[]
  return Object.fromEntries(names.map((name) => [name, sum[name] + tally[name]])) as unknown as typeof nothing
}

function representCounted(tally: typeof nothing) {
  const { usersCreated, usersUpdated, usersDeactivated, usersReactivated, usersDeleted } = tally
  const { groupsCreated, groupsDeleted, membershipChanges, syncsCompleted, syncsFailed, syncMilliseconds } = tally
  const syncCount = syncsCompleted + syncsFailed
  return {
    syncCount,
    ...{ usersCreated, usersUpdated, usersDeactivated, usersReactivated, usersDeleted },
    ...{ groupsCreated, groupsDeleted, membershipChanges },
    avgDuration: syncsCompleted === 0 ? null : Math.round(syncMilliseconds / syncsCompleted),
    errorRate: syncCount === 0 ? null : syncsFailed / syncCount,
  }
}
