import { createHash } from 'node:crypto'
import { type Static, Type } from 'typebox'
import { Value } from 'typebox/value'
import { ConnectorError } from '../connector-error.ts'
import type { Checkpoint } from '../page.ts'
import type { LdapConfig } from './config.ts'

/** What a round does in turn. Ids come before changes: a record counts as it came last. */
export const rounds = {
  snapshot: ['users', 'groups'],
  delta: ['presentUsers', 'presentGroups', 'changedUsers', 'changedGroups'],
} as const

export type RoundKind = keyof typeof rounds
export type Phase = (typeof rounds)[RoundKind][number]

const mark = Type.Object({ value: Type.String(), server: Type.Optional(Type.String()) })

const positionSchema = Type.Object({
  version: Type.Literal(1),
  /** Of what is read: another base or filter is another directory. */
  reading: Type.String(),
  /** The round that is under way and the phase that begins, or goes on, behind this page; none between rounds. */
  round: Type.Optional(Type.Union([Type.Literal('snapshot'), Type.Literal('delta')])),
  phase: Type.Optional(Type.Integer({ minimum: 0, maximum: 3 })),
  /** Where the changes of this delta begin. */
  since: Type.Optional(mark),
  /** Where those of the next one begin: before this round did. */
  next: Type.Optional(mark),
})

/** Where a round stands. Cookies of a paged search end with its connection, so that a phase that broke off begins again. */
export type Position = Static<typeof positionSchema>

export function writeCheckpoint(position: Position): Checkpoint {
  return JSON.stringify(position) as Checkpoint
}

/** @throws ConnectorError `checkpointExpired` for what is none, or was made for another configuration */
export function readCheckpoint(checkpoint: Checkpoint, config: LdapConfig): Position {
  const position = parse(checkpoint)
  if (!Value.Check(positionSchema, position)) {
    throw new ConnectorError('checkpointExpired', 'The last position is not one of this connector.')
  }
  if (position.reading !== readingOf(config)) {
    throw new ConnectorError('checkpointExpired', 'The last position belongs to another configuration.')
  }
  return position
}

/** What of a configuration decides on what is read and how it is named. */
export function readingOf(config: LdapConfig): string {
  const { host, port, baseDN, userFilter, groupBaseDN, groupFilter, flavour, attributes } = config
  const { idAttribute, userNameAttribute, memberAttribute } = config
  const parts = [host, port, baseDN, userFilter, groupBaseDN, groupFilter, flavour, attributes]
  const text = JSON.stringify([...parts, idAttribute, userNameAttribute, memberAttribute])
  return createHash('sha256').update(text).digest('base64url')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
