import type { Provided } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import { parseStrictJson } from '@muster/runtime/strict-json'
import type { JsonObject } from '@muster/scim'
import { readChangedUser } from './read-changed-user.ts'
import type { ShownUser } from './shown-user.ts'

/** What a hook says of one user. */
export type HookDecision =
  | { action: 'proceed'; pinned: Provided; metadata: JsonObject }
  | { action: 'veto'; reason: string | null }
  /** Nothing that can be used, and why. */
  | { action: 'none'; error: string }

const reasonCharactersMax = 500

/**
 * The decision about each user, by id, out of the body of an answer: `{ "decisions": [{ id, action, user?, reason? }] }`.
 * What is not usable about one user is that one's alone. Undefined when the body is none.
 */
export function readDecisions(body: string, users: readonly ShownUser[]): Map<string, HookDecision> | undefined {
  const given = givenDecisions(body)
  if (given === undefined) return undefined
  return new Map(users.map((user) => [user.id, readDecision(given.get(user.id), user)]))
}

function givenDecisions(body: string): Map<unknown, JsonObject> | undefined {
  let answer: unknown
  try {
    answer = JSON.parse(body)
  } catch {
    return undefined
  }
  const decisions = isObject(answer) ? answer.decisions : undefined
  if (!Array.isArray(decisions)) return undefined
  return new Map(decisions.filter(isObject).map((decision) => [decision.id, decision]))
}

function readDecision(given: JsonObject | undefined, shown: ShownUser): HookDecision {
  if (given === undefined) return { action: 'none', error: 'There is no decision about this user.' }
  try {
    // Refuses what cannot be stored, here and not for the whole answer.
    const decision = parseStrictJson(JSON.stringify(given)) as JsonObject
    return planDecision(decision, shown)
  } catch (error) {
    if (error instanceof MusterError) return { action: 'none', error: error.detail }
    throw error
  }
}

/** @throws `invalidValue` naming what cannot be used */
function planDecision({ action, user, reason }: JsonObject, shown: ShownUser): HookDecision {
  if (action === 'veto') {
    const text = typeof reason === 'string' ? reason.slice(0, reasonCharactersMax).toWellFormed() : null
    return { action, reason: text }
  }
  if (action !== 'proceed') throw new MusterError('invalidValue', 'action is neither proceed nor veto.')
  if (user === undefined || user === null) return { action, pinned: {}, metadata: {} }
  if (!isObject(user)) throw new MusterError('invalidValue', 'user is not an object.')
  return { action, ...readChangedUser(user, shown) }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
