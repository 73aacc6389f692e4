import { accessChecks } from './access-checks.ts'
import type { ConnectorCheck } from './connector-check.ts'
import { deltaChecks } from './delta-checks.ts'
import { faultChecks } from './fault-checks.ts'
import { identityChecks } from './identity-checks.ts'
import { lifecycleChecks } from './lifecycle-checks.ts'
import { pageChecks } from './page-checks.ts'
import { resumeChecks } from './resume-checks.ts'

/** What every connector must pass: over its own source, or say why it cannot be shown. */
export const connectorChecks: readonly ConnectorCheck[] = [
  ...pageChecks,
  ...identityChecks,
  ...resumeChecks,
  ...deltaChecks,
  ...accessChecks,
  ...lifecycleChecks,
  ...faultChecks,
]
