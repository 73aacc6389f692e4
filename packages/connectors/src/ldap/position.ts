import { type Static, Type } from 'typebox'
import { checkpointCodec } from '../checkpoint-codec.ts'
import type { LdapConfig } from './config.ts'

/** What a round does in turn. Ids come before changes: a record counts as it came last. */
export const rounds = {
  snapshot: ['users', 'groups'],
  delta: ['presentUsers', 'presentGroups', 'changedUsers', 'changedGroups'],
} as const

export type RoundKind = keyof typeof rounds
export type Phase = (typeof rounds)[RoundKind][number]

const mark = Type.Object({ value: Type.String(), server: Type.Optional(Type.String()) })

const position = Type.Object({
  /** The round that is under way and the phase that begins, or goes on, behind this page; none between rounds. */
  round: Type.Optional(Type.Union([Type.Literal('snapshot'), Type.Literal('delta')])),
  phase: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
  /** Where the changes of this delta begin. */
  since: Type.Optional(mark),
  /** Where those of the next one begin: before this round did. */
  next: Type.Optional(mark),
})

/** Where a round stands. Cookies of a paged search end with its connection, so that a phase that broke off begins again. */
export type Position = Static<typeof position>

/** Another base or filter is another directory. */
export const positions = checkpointCodec({
  version: 1,
  position,
  readingOf: (config: LdapConfig) => {
    const { host, port, baseDN, userFilter, groupBaseDN, groupFilter, flavour, attributes } = config
    const { idAttribute, userNameAttribute, memberAttribute } = config
    const what = [host, port, baseDN, userFilter, groupBaseDN, groupFilter, flavour, attributes]
    return [...what, idAttribute, userNameAttribute, memberAttribute]
  },
})
