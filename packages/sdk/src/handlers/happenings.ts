import type { DirectoryInfo, EventData, EventType, Group, MusterEvent, User } from '../generated/events.ts'

/** Events about many people at once, of which handlers are told one by one. */
export type MembershipType = 'directory.group.user_added' | 'directory.group.user_removed'

/** A person who is about to come into being: beside what a user has, an application may add members of its own. */
export type UserDraft = User & { [name: string]: unknown }

type EventArguments<T extends EventType> = T extends MembershipType
  ? { user: User; group: Group; directory: DirectoryInfo | null; event: MusterEvent<T> }
  : EventData[T] & { event: MusterEvent<T> }

/** What a handler is given, by what it handles. */
export type Happenings = { [T in EventType]: EventArguments<T> } & {
  'directory.user.before_create': { user: UserDraft; directory: DirectoryInfo; organizationId: string }
  'directory.user.after_create': { user: User; directory: DirectoryInfo | null; organizationId: string }
}

export type HappeningType = keyof Happenings

const refusal = Symbol('veto')

/** The answer of a `beforeCreate` handler that lets nobody come into being. */
export interface Veto {
  readonly [refusal]: true
  readonly reason: string | undefined
}

/** For a `beforeCreate` handler to return: this person is not created. The reason is shown to administrators. */
export function veto(reason?: string): Veto {
  return { [refusal]: true, reason }
}

export function isVeto(value: unknown): value is Veto {
  return typeof value === 'object' && value !== null && refusal in value
}

/** What handlers may return: only that of `beforeCreate` matters. Of a promise it is what it resolves with. */
type Outcome<T extends HappeningType> = T extends 'directory.user.before_create'
  ? // biome-ignore lint/suspicious/noConfusingVoidType: a handler may return nothing.
    UserDraft | Veto | undefined | void
  : unknown

export type Handler<T extends HappeningType = HappeningType> = (
  happening: Happenings[T],
) => Outcome<T> | Promise<Outcome<T>>
