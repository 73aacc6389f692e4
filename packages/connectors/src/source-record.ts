/** A value of JSON, as a source's own documents are made of. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** A document of a source, in its own words. */
export type SourceDocument = { readonly [key: string]: JsonValue }

/** A user as a source has it: what every directory is asked for, and the document itself. */
export interface SourceUser {
  kind: 'user'
  /** The source's immutable id (oid, objectGUID, entryUUID): never an address, a name or a place in a tree. */
  id: string
  /**
   * What else the source calls the user by where others refer to it, a distinguished name for example. Compared without
   * regard to case. None when it always refers by id.
   */
  references?: readonly string[]
  /** Unique in its directory; the id when the source has nothing better. */
  userName: string
  /** Whether the account is enabled. */
  active: boolean
  displayName?: string
  /** Addresses, the primary one first. */
  emails: readonly { value: string; type?: string }[]
  /** All that was read, without what changes by itself (version tags, times of logins): a change of it is a change of the user. */
  attributes: SourceDocument
}

/** A group as a source has it; its members are records of their own. */
export interface SourceGroup {
  kind: 'group'
  /** As of a user. */
  id: string
  references?: readonly string[]
  name: string
  attributes: SourceDocument
  /**
   * What the memberships of this round say of the group. `complete`: these are all its direct members, whoever else was one
   * has left. `changes`: who joined or left. `unread`: nothing is known, members stay as they are.
   */
  members: 'complete' | 'changes' | 'unread'
}

/** Whom a membership means: by the id of a user or group, or by one of its `references`. */
export type MemberKey = { id: string } | { reference: string }

/** A direct member of a group, a user or another group. A large group spreads its edges over pages. */
export interface SourceMembership {
  kind: 'membership'
  groupId: string
  member: MemberKey
}

export type SourceRecord = SourceUser | SourceGroup | SourceMembership

/** What names a user or a group of a source. */
export interface ResourceKey {
  kind: 'user' | 'group'
  id: string
}

/** What names a record of a source. */
export type SourceKey = ResourceKey | SourceMembership
