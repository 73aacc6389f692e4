import type { JsonObject } from '../json.ts'
import { loginOf, type Person } from '../person.ts'
import { done, patchOf } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'

/** Members as Okta sends them, with the login as `display`. */
export function pushed(...people: readonly Person[]): JsonObject[] {
  return people.map((person) => ({ value: `{{${person.key}Id}}`, display: loginOf(person) }))
}

/** Pushes further members of a group. */
export function addMembers(name: string, groupKey: string, ...people: readonly Person[]): Step {
  const body = patchOf({ op: 'add', path: 'members', value: pushed(...people) })
  return { name, method: 'PATCH', path: `/Groups/{{${groupKey}Id}}`, body, expect: done }
}
