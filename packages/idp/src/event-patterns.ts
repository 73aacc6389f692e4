import type { JsonObject } from './json.ts'
import { exactly, unordered } from './patterns.ts'
import type { EventExpectation } from './transcript.ts'

/*
 * What one change looks like in the event log. Users go by a key: `ada` stands for the captured variables `adaId` (the
 * SCIM id) and `adaPerson` (the id of the person, taken from the event of its creation). A group's id in the log is the
 * TypeID of its SCIM id. Every change of a directory user ends with `directory.user.synced` (only if its raw
 * attributes changed); these functions return the whole group of events.
 */

const directory: JsonObject = { id: '{{directoryId}}' }

export function userCreated(key: string, user: JsonObject, rawAttributes: JsonObject = {}): EventExpectation[] {
  const shown = { state: 'active', directoryId: '{{directoryId}}', organizationId: '{{organizationId}}', ...user }
  return [
    {
      type: 'directory.user.created',
      match: { user: shown, directory },
      capture: { [`${key}Person`]: 'user.id' },
    },
    userSynced(key, rawAttributes),
  ]
}

/** The raw attributes changed; alone, nothing that the person shows did. */
export function userSynced(key: string, rawAttributes: JsonObject = {}): EventExpectation {
  return { type: 'directory.user.synced', match: { user: person(key), directory, rawAttributes } }
}

/** `changes` is complete: a field that it does not name must not have changed. */
export function userUpdated(key: string, changes: JsonObject): EventExpectation[] {
  return [updateAlone(key, changes), userSynced(key)]
}

/** `changes` are the other fields that the same request changed: told apart, after the change of state. */
export function userDeactivated(key: string, changes?: JsonObject): EventExpectation[] {
  return stateChanged('directory.user.deactivated', key, 'inactive', changes)
}

export function userReactivated(key: string, changes?: JsonObject): EventExpectation[] {
  return stateChanged('directory.user.reactivated', key, 'active', changes)
}

/** SCIM DELETE. The person stays, inactive. */
export function userDeleted(key: string): EventExpectation {
  return { type: 'directory.user.deleted', match: { user: person(key), directory } }
}

export function groupCreated(key: string, name: string): EventExpectation {
  return { type: 'directory.group.created', match: { group: { ...group(key), name }, directory } }
}

export function groupRenamed(key: string, from: string, to: string): EventExpectation {
  return groupUpdated(key, to, { name: { from, to } })
}

/** `name` is what the group is called afterwards, `changes` are complete. */
export function groupUpdated(key: string, name: string, changes: JsonObject): EventExpectation {
  const match = { group: { ...group(key), name }, directory, changes: exactly(changes) }
  return { type: 'directory.group.updated', match }
}

/** One event for a change set, with the ids of the persons in any order. */
export function usersAdded(groupKey: string, ...userKeys: readonly string[]): EventExpectation {
  return membership('directory.group.user_added', groupKey, userKeys)
}

export function usersRemoved(groupKey: string, ...userKeys: readonly string[]): EventExpectation {
  return membership('directory.group.user_removed', groupKey, userKeys)
}

export function groupDeleted(key: string): EventExpectation {
  return { type: 'directory.group.deleted', match: { group: group(key), directory } }
}

function updateAlone(key: string, changes: JsonObject): EventExpectation {
  return { type: 'directory.user.updated', match: { user: person(key), directory, changes: exactly(changes) } }
}

function stateChanged(type: string, key: string, state: string, changes?: JsonObject): EventExpectation[] {
  const match = { user: { ...person(key), state }, directory }
  return [{ type, match }, ...(changes ? [updateAlone(key, changes)] : []), userSynced(key)]
}

function membership(type: string, groupKey: string, userKeys: readonly string[]): EventExpectation {
  const userIds = unordered(userKeys.map((key) => `{{${key}Person}}`))
  return { type, match: { group: group(groupKey), directory, userIds } }
}

function person(key: string): JsonObject {
  return { id: `{{${key}Person}}` }
}

function group(key: string): JsonObject {
  return { id: `{{${key}Id|group}}` }
}
