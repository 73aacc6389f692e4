import { type Checkpoint, ConnectorError } from '@muster/connectors'
import type { SourceState } from './source-state.ts'

export type Phase = 'users' | 'groups' | 'sweep'

/** Where a round stands: what a checkpoint says. */
export interface Position {
  epoch: number
  round: 'snapshot' | 'delta'
  /** The sequence of the journal when the round began: where the next delta begins. */
  started: number
  /** The sequence behind which a delta reads; 0 of a snapshot. */
  since: number
  phase: Phase
  /** The last record that was read. */
  after: string
  /** The last member of group `after` that was read, when it was not the last of all. */
  edge?: string
  /** The number of the page to come, in the round and in its phase. */
  page: number
  pageOfPhase: number
}

/** Where the next delta begins. */
interface Beginning {
  epoch: number
  next: number
}

export function beginSnapshot(state: SourceState): Position {
  return begin(state, 'snapshot', 0)
}

export function beginDelta(state: SourceState, since: number): Position {
  return begin(state, 'delta', since)
}

/** The first position of the phase behind one. */
export function enterPhase(position: Position, phase: Phase): Position {
  const { edge: _, ...rest } = position
  return { ...rest, phase, after: '', pageOfPhase: 1 }
}

export function writeCheckpoint(place: Position | Beginning): Checkpoint {
  return JSON.stringify(place) as Checkpoint
}

/** Reads the checkpoint of a last page (`next`) or of one in the middle of a round. @throws ConnectorError `checkpointExpired` */
export function readCheckpoint(state: SourceState, checkpoint: Checkpoint): Position | Beginning {
  const place = parse(checkpoint)
  if (place === undefined) throw new ConnectorError('checkpointExpired', 'The checkpoint is not one of this source.')
  if (place.epoch !== state.epoch)
    throw new ConnectorError('checkpointExpired', 'The source has forgotten the checkpoint.')
  return place
}

function begin(state: SourceState, round: 'snapshot' | 'delta', since: number): Position {
  const { epoch, sequence } = state
  return { epoch, round, started: sequence, since, phase: 'users', after: '', page: 1, pageOfPhase: 1 }
}

function parse(checkpoint: string): Position | Beginning | undefined {
  try {
    const place: unknown = JSON.parse(checkpoint)
    return typeof place === 'object' && place !== null && 'epoch' in place ? (place as Position) : undefined
  } catch {
    return undefined
  }
}
