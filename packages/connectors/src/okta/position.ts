import { type Static, Type } from 'typebox'
import { checkpointCodec } from '../checkpoint-codec.ts'
import type { UnderWay } from '../round-position.ts'
import type { OktaConfig } from './config.ts'
import { originOf } from './okta-origin.ts'

/**
 * What a round does in turn. Deletions come last: a record counts as it came last. Those who are deactivated come before the others:
 * who comes back in between is on both lists, and the other way round would be on none.
 */
export const rounds = {
  snapshot: ['deprovisioned', 'users', 'groups'],
  delta: ['changedUsers', 'changedGroups', 'deletions'],
} as const

export type Phase = (typeof rounds)[keyof typeof rounds][number]

const position = Type.Object({
  /** The round that is under way and its phase; none between rounds. */
  round: Type.Optional(Type.Union([Type.Literal('snapshot'), Type.Literal('delta')])),
  phase: Type.Optional(Type.Integer({ minimum: 0, maximum: rounds.snapshot.length - 1 })),
  /** The page that is next in it, as path and query; its first without it. */
  at: Type.Optional(Type.String({ pattern: '^/api/v1/' })),
  /** Pages handed out so far: a group of many members stands at one page of groups for a while, and comes on all the same. */
  pages: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Since when this delta has what changed. */
  since: Type.Optional(Type.String()),
  /** The same of the next one: before this round began. */
  next: Type.Optional(Type.String()),
})

/** Where a round stands. */
export type Position = Static<typeof position>

/** The steps of a round that is under way. */
export type RoundPosition = UnderWay<Position>

/** What is left out for one is not for the other. Another token of the same organization goes on. */
export const positions = checkpointCodec({
  version: 2,
  position,
  readingOf: ({ domain, includeDeprovisioned = false, includeEveryone = false }: OktaConfig) => [
    originOf(domain),
    includeDeprovisioned,
    includeEveryone,
  ],
})
