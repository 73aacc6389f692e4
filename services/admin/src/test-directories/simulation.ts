import type { Directory, Transaction } from '@muster/repository'
import type { Dialect } from '@muster/scim'
import type { DataMember, SimulationData } from './simulation-data.ts'

/** What a simulation works on. */
export interface Scene {
  tx: Transaction
  directory: Directory
  dialect: Dialect
}

/** How one event is made to happen. */
export interface Simulation {
  /** What may be said about it. */
  data: Readonly<Record<string, DataMember>>
  /** Changes what a source would change, by the verbs that sources are taken in by: the event follows. */
  run(scene: Scene, data: SimulationData): Promise<void>
}
