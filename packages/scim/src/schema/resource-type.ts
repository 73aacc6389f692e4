import type { JsonObject } from '../json.ts'
import { enterpriseUserSchema } from './enterprise-user-schema.ts'
import { groupSchema } from './group-schema.ts'
import type { Schema } from './schema.ts'
import { userSchema } from './user-schema.ts'

/** RFC 7643 §6, and what this service provider adds to it. */
export interface ResourceType {
  readonly name: string
  /** Relative to the base URL, with its leading slash. */
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly Schema[]
  /** Values that a document has when the client gives none. */
  readonly defaults: JsonObject
  /** Attributes that a document never holds because they are rows of their own: they may have 100,000 values. */
  readonly storedApart: readonly string[]
}

export const userResourceType: ResourceType = {
  name: 'User',
  endpoint: '/Users',
  description: 'User accounts',
  schema: userSchema,
  extensions: [enterpriseUserSchema],
  defaults: { active: true },
  storedApart: [],
}

export const groupResourceType: ResourceType = {
  name: 'Group',
  endpoint: '/Groups',
  description: 'Groups of users',
  schema: groupSchema,
  extensions: [],
  defaults: {},
  storedApart: ['members'],
}
