import type { Api } from '../api/api.ts'
import type { EventType, MusterEvent } from '../generated/events.ts'
import type { Happenings, HappeningType, MembershipType } from './happenings.ts'
import { loadMembers } from './members.ts'
import type { Registry } from './registry.ts'
import type { Once } from './seen.ts'

/** What the handlers of a client need: who they are, what was handled, and where people are looked up. */
export interface Handling {
  api: Api
  registry: Registry
  once: Once
}

/** Calls the handlers of an event, unless it was handled. @throws what a handler throws: the event is to come again */
export async function dispatchEvent(handling: Handling, event: MusterEvent): Promise<void> {
  if ('erased' in event.data || !isHandled(handling.registry, event.type)) return
  await handling.once(event.id, () => (isMembership(event) ? tellMembers(handling, event) : tell(handling, event)))
}

/** Calls the handlers of one happening, one after the other. */
export async function callHandlers<T extends HappeningType>(
  registry: Registry,
  type: T,
  happening: Happenings[T],
): Promise<void> {
  for (const handler of registry.handlersOf(type)) await handler(happening)
}

/** Calls the `afterCreate` handlers for a person once, whichever of the hook and the event comes first. */
export async function tellCreated(
  { registry, once }: Handling,
  happening: Happenings['directory.user.after_create'],
): Promise<void> {
  if (registry.handlersOf('directory.user.after_create').length === 0) return
  await once(`after_create:${happening.user.id}`, () =>
    callHandlers(registry, 'directory.user.after_create', happening),
  )
}

async function tell(handling: Handling, event: MusterEvent): Promise<void> {
  const { registry } = handling
  await callHandlers(registry, event.type, { ...event.data, event } as Happenings[EventType])
  if (!isOfType(event, 'directory.user.created') || 'erased' in event.data) return
  const { user, directory } = event.data
  await tellCreated(handling, { user, directory, organizationId: event.organizationId })
}

async function tellMembers({ api, registry }: Handling, event: MusterEvent<MembershipType>): Promise<void> {
  const { group, directory } = event.data
  for await (const user of loadMembers(api, event)) {
    await callHandlers(registry, event.type, { user, group, directory, event } as Happenings[MembershipType])
  }
}

function isHandled(registry: Registry, type: EventType): boolean {
  if (registry.handlersOf(type).length > 0) return true
  return type === 'directory.user.created' && registry.handlersOf('directory.user.after_create').length > 0
}

function isMembership(event: MusterEvent): event is MusterEvent<MembershipType> {
  return isOfType(event, 'directory.group.user_added') || isOfType(event, 'directory.group.user_removed')
}

function isOfType<T extends EventType>(event: MusterEvent, type: T): event is MusterEvent & MusterEvent<T> {
  return event.type === type
}
