import { ConnectorError, connectorFailures } from '@muster/connectors'
import type { RunError } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'

/** Why a source could not be read, for those who look after it; and whether trying again may help. */
export interface RunFailure {
  error: RunError
  mayPass: boolean
  /** How long the source asked to be left alone. */
  retryAfterMilliseconds?: number | undefined
}

const internal: RunFailure = {
  error: {
    code: 'internal',
    message: 'Internal error.',
    hint: 'It is tried again. When it stays, the log of the poller says more.',
  },
  mayPass: true,
}

/** Only what was written to be shown is shown. */
export function toRunFailure(error: unknown): RunFailure {
  if (error instanceof ConnectorError) {
    const { code, message, hint, mayPass, retryAfterMilliseconds } = error
    return { error: { code, message, hint }, mayPass, retryAfterMilliseconds }
  }
  // Of a configuration, or of an address in it.
  if (error instanceof MusterError && error.code === 'invalidValue') {
    const { hint } = connectorFailures.configuration
    return { error: { code: 'configuration', message: error.detail, hint }, mayPass: false }
  }
  return internal
}
