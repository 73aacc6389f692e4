import { eventDefects } from '@muster/events'
import {
  type Database,
  type EventView,
  listEvents,
  listGroups,
  listUsers,
  type OrganizationScope,
  read,
} from '../../src/index.ts'

type View = Record<string, unknown>

const pageSize = 1_000

/** All people of an organization by id (the TypeID), as every surface shows them. */
export async function allUsers(database: Database, scope: OrganizationScope): Promise<Map<string, View>> {
  const users = new Map<string, View>()
  let after: string | undefined
  for (;;) {
    const from = after
    const page = await read(database, scope, (reader) => listUsers(reader, {}, { after: from, limit: pageSize }))
    for (const { user } of page) users.set(String(user.id), user)
    after = page.at(-1)?.userId
    if (page.length < pageSize) return users
  }
}

/** All groups of an organization by id (the TypeID). */
export async function allGroups(database: Database, scope: OrganizationScope): Promise<Map<string, View>> {
  const groups = new Map<string, View>()
  let after: string | undefined
  for (;;) {
    const from = after
    const page = await read(database, scope, (reader) => listGroups(reader, {}, { after: from, limit: pageSize }))
    for (const { group } of page) groups.set(String(group.id), group)
    after = page.at(-1)?.groupId
    if (page.length < pageSize) return groups
  }
}

/** The events of an organization behind a sequence number. */
export async function eventsOf(database: Database, scope: OrganizationScope, after = 0): Promise<EventView[]> {
  const events: EventView[] = []
  for (;;) {
    const from = events.at(-1)?.sequence ?? after
    const page = await read(database, scope, (reader) => listEvents(reader, {}, { after: from, limit: pageSize }))
    events.push(...page)
    if (page.length < pageSize) return events
  }
}

/** Runs `work` and answers with the events it caused, as type and data. */
export async function eventsDuring(
  database: Database,
  scope: OrganizationScope,
  work: () => Promise<unknown>,
): Promise<EventView[]> {
  const before = (await eventsOf(database, scope)).at(-1)?.sequence ?? 0
  await work()
  const events = await eventsOf(database, scope, before)
  const defects = eventDefects(events)
  if (defects.length > 0) throw new Error(defects.join('\n'))
  return events
}

export function typesOf(events: readonly EventView[]): string[] {
  return events.map((event) => event.type)
}
