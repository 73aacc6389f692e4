import { type Static, Type } from 'typebox'
import { checkpointCodec } from '../checkpoint-codec.ts'
import type { AwsConfig } from './config.ts'

/** Longer ones are not kept: a checkpoint is short. The list begins again then. */
const tokenLengthMax = 32_768

const position = Type.Object({
  /** The list that is being read; none between rounds. */
  phase: Type.Optional(Type.Union([Type.Literal('users'), Type.Literal('groups'), Type.Literal('end')])),
  /** What leads to its next part. */
  token: Type.Optional(Type.String({ maxLength: tokenLengthMax })),
})

/** Where a round stands. */
export type Position = Static<typeof position>
export type Phase = NonNullable<Position['phase']>

/** Another store is another directory; another key or another way to the store is not. */
export const positions = checkpointCodec({
  version: 1,
  position,
  readingOf: ({ region, identityStoreId }: AwsConfig) => [region, identityStoreId],
})

/** Behind a part of a list, which another one follows, or the next list. */
export function behind(phase: Phase, token: string | undefined, following: Phase): Position {
  if (token === undefined) return { phase: following }
  return token.length > tokenLengthMax ? { phase } : { phase, token }
}
