import { type Static, Type } from 'typebox'
import { checkpointCodec } from '../checkpoint-codec.ts'
import type { UnderWay } from '../round-position.ts'
import type { EntraConfig } from './config.ts'

/** What a round reads in turn. */
export const phases = ['users', 'groups'] as const

export type Phase = (typeof phases)[number]

const link = Type.String({ minLength: 1 })

const position = Type.Object({
  /** The round that is under way; none between rounds. */
  round: Type.Optional(Type.Union([Type.Literal('snapshot'), Type.Literal('delta')])),
  /** The index of the phase that begins, or goes on, behind this page; as many as there are when all is read. */
  phase: Type.Optional(Type.Integer({ minimum: 0, maximum: phases.length })),
  /** The page with which it goes on. */
  link: Type.Optional(link),
  /** Reading lists: the last group of that page that was begun, and where its members go on unless it was read. */
  group: Type.Optional(Type.String()),
  members: Type.Optional(link),
  /** Where this delta began. */
  since: Type.Optional(Type.Object({ users: link, groups: link })),
  /** Where the next one begins, as far as this round knows. */
  next: Type.Optional(Type.Object({ users: Type.Optional(link), groups: Type.Optional(link) })),
})

/** Where a round stands: links of Graph, which carry no secrets and live for seven days. */
export type Position = Static<typeof position>

/** The steps of a round that is under way. */
export type RoundPosition = UnderWay<Position>

export const positions = checkpointCodec({
  version: 1,
  position,
  readingOf: ({ tenantId, cloud, loginUrl, graphUrl, includeGuests = true, readBy = 'delta' }: EntraConfig) => {
    return [tenantId, cloud, loginUrl, graphUrl, includeGuests, readBy]
  },
})
