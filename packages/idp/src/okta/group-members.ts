import type { JsonObject } from '../json.ts'
import { endsWith } from '../patterns.ts'
import { done, patchOf } from '../scim-messages.ts'
import type { Step } from '../transcript.ts'
import { loginOf, type OktaPerson } from './person.ts'

/** Members as Okta sends them, with the login as `display`. */
export function pushed(...people: readonly OktaPerson[]): JsonObject[] {
  return people.map((person) => ({ value: `{{${person.key}Id}}`, display: loginOf(person) }))
}

/** Pushes further members of a group. */
export function addMembers(name: string, groupKey: string, ...people: readonly OktaPerson[]): Step {
  const body = patchOf({ op: 'add', path: 'members', value: pushed(...people) })
  return { name, method: 'PATCH', path: `/Groups/{{${groupKey}Id}}`, body, expect: done }
}

/** A member as the server shows it. */
export function memberOf({ key }: OktaPerson): JsonObject {
  return { value: `{{${key}Id}}`, type: 'User', $ref: endsWith(`/Users/{{${key}Id}}`) }
}
