import { createHash } from 'node:crypto'
import type { Static, TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { ConnectorError } from './connector-error.ts'
import type { Checkpoint } from './page.ts'

/** Positions of a connector as text and back. */
export interface CheckpointCodec<Position, Config> {
  write(position: Position, config: Config): Checkpoint
  /** @throws ConnectorError `checkpointExpired` for what is none, or was made for a configuration that reads something else */
  read(checkpoint: Checkpoint, config: Config): Position
}

interface CodecOptions<Schema extends TSchema, Config> {
  /** Another number: positions of an earlier release mean something else. */
  version: number
  /** What a position is made of. No secrets. */
  position: Schema
  /** What of a configuration decides on what is read and how it is named; no secrets. */
  readingOf(config: Config): readonly unknown[]
}

export function checkpointCodec<Schema extends TSchema, Config>({
  version,
  position,
  readingOf,
}: CodecOptions<Schema, Config>): CheckpointCodec<Static<Schema>, Config> {
  const hashOf = (config: Config) =>
    createHash('sha256')
      .update(JSON.stringify(readingOf(config)))
      .digest('base64url')
  return {
    write: (at, config) => JSON.stringify({ version, reading: hashOf(config), position: at }) as Checkpoint,
    read: (checkpoint, config) => {
      const read = parse(checkpoint)
      if (read?.version !== version || !Value.Check(position, read.position)) {
        throw new ConnectorError('checkpointExpired', 'The last position is not one of this connector.')
      }
      if (read.reading !== hashOf(config)) {
        throw new ConnectorError('checkpointExpired', 'The last position belongs to another configuration.')
      }
      return read.position
    },
  }
}

function parse(text: string): { version?: unknown; reading?: unknown; position?: unknown } | undefined {
  try {
    return JSON.parse(text) ?? undefined
  } catch {
    return undefined
  }
}
