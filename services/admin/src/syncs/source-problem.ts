import type { ConnectorFailure } from '@muster/connectors'
import { type ErrorCode, MusterError } from '@muster/runtime/errors'

const problems: Readonly<Record<ConnectorFailure, ErrorCode>> = {
  configuration: 'sourceConfiguration',
  refusedAddress: 'sourceRefusedAddress',
  unreachable: 'sourceUnreachable',
  untrustedCertificate: 'sourceUntrustedCertificate',
  credentials: 'sourceCredentials',
  permission: 'sourcePermission',
  throttled: 'sourceThrottled',
  unavailable: 'sourceUnavailable',
  timeout: 'sourceTimeout',
  interrupted: 'sourceInterrupted',
  incomplete: 'sourceIncomplete',
  protocol: 'sourceProtocol',
  checkpointExpired: 'sourceCheckpointExpired',
}

/** What went wrong between a poller and a source. */
export interface SourceError {
  code: string
  message: string
  hint?: string | undefined
}

/** As a request ends that asked for the source; `runId` as it is shown. What is no failure of the source is `syncFailed`. */
export function sourceProblem({ code, message, hint }: SourceError, runId?: string): MusterError {
  const known = Object.hasOwn(problems, code) ? problems[code as ConnectorFailure] : 'syncFailed'
  return new MusterError(known, message, { hint, runId })
}
