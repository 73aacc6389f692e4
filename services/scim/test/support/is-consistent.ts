import { type Database, listGroups, listUsers, type OrganizationScope, read } from '@muster/repository'
import type { Test } from 'tap'
import { foldEvents, foldTables } from './fold-events.ts'
import { eventsOf } from './installation.ts'

/** Events without a gap, and their sum the same as the tables. */
export async function isConsistent(t: Test, database: Database, scope: OrganizationScope): Promise<void> {
  const events = await eventsOf(database, scope)
  t.same(
    events.map(({ sequence }) => sequence),
    events.map((_, index) => index + 1),
    `${events.length} events without a gap`,
  )
  const page = { after: undefined, limit: 10_000 }
  const { users, groups } = await read(database, scope, async (reader) => ({
    users: await listUsers(reader, {}, page),
    groups: await listGroups(reader, {}, page),
  }))
  const [folded, stored] = [
    foldEvents(events),
    foldTables(
      users.map(({ user }) => user),
      groups.map(({ group }) => group),
    ),
  ]
  t.same(folded.users, stored.users, 'people agree with their events')
  t.same(folded.groups, stored.groups, 'groups agree with their events')
}
