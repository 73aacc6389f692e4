/** The position of a connector whose rounds have phases: both are there while a round is under way, and neither between rounds. */
interface Phased {
  round?: string | undefined
  phase?: number | undefined
}

/** A position in a round that is under way. */
export type UnderWay<Position extends Phased> = Position & Required<Pick<Position, 'round' | 'phase'>>

export function isUnderWay<Position extends Phased>(position: Position): position is UnderWay<Position> {
  return position.round !== undefined && position.phase !== undefined
}
