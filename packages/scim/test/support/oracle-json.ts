import type { Json } from '@muster/scim'

export function isObject(value: unknown): value is Object_ {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: Json | undefined): readonly Json[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

export function nonEmpty(list: readonly Json[]): Json | undefined {
  return list.length > 0 ? [...list] : undefined
}

export type Object_ = { [key: string]: Json }

/** What the oracle throws: a `scimType`. */
export class Refusal extends Error {}
