export { readSchema, type SlapdOptions } from './slapd-configuration.ts'
export { slapdIsMissing } from './slapd-programs.ts'
export { type Slapd, startSlapd } from './start-slapd.ts'
