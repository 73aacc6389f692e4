import type { EntraConfig } from './config.ts'
import type { Graph } from './graph.ts'
import type { RoundPosition } from './position.ts'

/** How a tracked round is read. */
export interface Tracking {
  graph: Graph
  config: EntraConfig
  round: RoundPosition['round']
  /** Ids of users whose manager this round has told of already. */
  told: Set<string>
  /** Ids of groups that hide their members and have shown none of them on some page of this round. */
  silent: Set<string>
  /** Whether the round goes on behind pages that neither knows of. */
  isResumed: boolean
}
