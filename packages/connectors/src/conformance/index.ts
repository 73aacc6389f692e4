export type { ConnectorCheck } from './connector-check.ts'
export { connectorChecks } from './connector-checks.ts'
export type {
  AccessFailure,
  ConnectorSubject,
  FaultSupport,
  PreparedSource,
  SubjectConfig,
} from './connector-subject.ts'
export {
  type Population,
  type PopulationChange,
  type PopulationGroup,
  type PopulationUser,
  samplePopulation,
} from './population.ts'
export { recordingLogger } from './recording-logger.ts'
export {
  type FaultOutcome,
  faultMayPass,
  type SourceFaultName,
  sourceFaultNames,
  sourceFaults,
} from './source-faults.ts'
