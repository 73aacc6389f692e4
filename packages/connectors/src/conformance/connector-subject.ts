import type { Outbound } from '@muster/runtime/outbound/outbound'
import type { TObject } from 'typebox'
import type { ConnectorDefinition } from '../connector.ts'
import type { ConnectorFailure } from '../connector-error.ts'
import type { Population, PopulationChange } from './population.ts'
import type { SourceFaultName } from './source-faults.ts'

/** A configuration as it is stored: names of fields and their values. */
export type SubjectConfig = Readonly<Record<string, unknown>>

/** Ways of being refused that `check` tells apart. */
export const accessFailures = {
  wrongCredentials: ['credentials'],
  unreachable: ['unreachable', 'timeout'],
  missingPermission: ['permission'],
} as const satisfies Record<string, readonly ConnectorFailure[]>

export type AccessFailure = keyof typeof accessFailures

/** A thing that a subject cannot show, and why. */
export interface Lack {
  lacks: string
}

/** `shown`: ends as the table says. `as`: ends by one of these codes, because that is what its source shows. */
export type FaultSupport = 'shown' | { as: readonly ConnectorFailure[] } | Lack

/** A remote directory that belongs to a check alone. */
export interface PreparedSource {
  config: SubjectConfig
  outbound: Outbound
  /** How many places a snapshot has where a fault can strike: requests to the source, more or less. */
  faultPlaces: number
  change(changes: readonly PopulationChange[]): Promise<void>
  /** Makes a fault strike at the n-th place of each round from now on, from 1. `struck` resolves once it has. */
  inject(fault: SourceFaultName, place: number): Promise<{ struck: () => Promise<void> }>
  /** Takes the fault away. */
  heal(): Promise<void>
  /** A configuration that leads to a failure of access, having arranged for it at the source. */
  failing(access: AccessFailure): Promise<SubjectConfig>
  /** Connections to the source that are open, as the source sees it. */
  connectionsOpen(): number
  close(): Promise<void>
}

/** A kind of connector over sources that the suite can fill and break. Whatever it cannot show says why. */
export interface ConnectorSubject {
  name: string
  definition: ConnectorDefinition<TObject>
  /** Records of a page at most: smaller than a sample population. */
  pageRecordsMax: number
  /** Members of a group at least that come in more than one page. */
  hugeGroup: number
  /** Whether groups are members of groups; without a word they are. Where they cannot be, the source leaves such members out. */
  nestedGroups?: 'shown' | Lack
  /** A source with this population, and nobody else. */
  prepare(population: Population): Promise<PreparedSource>
  delta: 'shown' | Lack
  faults: Readonly<Record<SourceFaultName, FaultSupport>>
  access: Readonly<Record<AccessFailure, 'shown' | Lack>>
}
