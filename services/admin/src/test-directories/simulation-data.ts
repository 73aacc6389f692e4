import { MusterError } from '@muster/runtime/errors'
import type { JsonObject } from '@muster/scim'

const textMax = 4_096

/** The kinds of values that `data` may have; `nullable` ones may be null, which takes a value away. */
const kinds = {
  text: { means: 'a text', fits: isText },
  nullableText: { means: 'a text or null', fits: (value: unknown) => value === null || isText(value) },
  email: { means: 'an address', fits: (value: unknown) => isText(value) && /^[^@\s]+@[^@\s]+$/.test(value) },
  count: {
    means: 'a whole number from 0',
    fits: (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0,
  },
  object: { means: 'an object', fits: (value: unknown) => isObject(value) },
} as const

export type DataMember = keyof typeof kinds

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= textMax && !value.includes('\u0000')
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What was said about a simulated event, checked by `readMembers`. */
export class SimulationData {
  readonly #values: JsonObject

  constructor(values: JsonObject) {
    this.#values = values
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined
  }

  /** Undefined when it was not said. */
  text(name: string): string | undefined {
    const value = this.#values[name]
    return typeof value === 'string' ? value : undefined
  }

  nullableText(name: string): string | null | undefined {
    return this.#values[name] === null ? null : this.text(name)
  }

  object(name: string): JsonObject | undefined {
    const value = this.#values[name]
    return isObject(value) ? value : undefined
  }
}

/**
 * The members of an object that somebody sent, each of the kind that it must be.
 * @throws `invalidValue` naming the member, and all that there may be
 */
export function readMembers(
  where: string,
  values: JsonObject,
  members: Readonly<Record<string, DataMember>>,
): JsonObject {
  const names = Object.keys(members)
  for (const [name, value] of Object.entries(values)) {
    const kind = Object.hasOwn(members, name) ? members[name] : undefined
    if (kind === undefined) {
      const may = names.length === 0 ? 'nothing' : names.join(', ')
      throw new MusterError('invalidValue', `${where} has an unknown member; it may have ${may}.`)
    }
    if (!kinds[kind].fits(value))
      throw new MusterError('invalidValue', `${where}.${name} must be ${kinds[kind].means}.`)
  }
  return values
}
