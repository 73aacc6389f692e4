/**
 * Every way a source can fail to be read. `retry`: whether trying again later may help by itself. `hint`: what somebody can do.
 */
export const connectorFailures = {
  configuration: { retry: false, hint: 'Correct the configuration of the directory.' },
  refusedAddress: {
    retry: false,
    hint: 'Use a public address with TLS, or have the operator allow the host (OUTBOUND_ALLOWED_HOSTS).',
  },
  unreachable: { retry: true, hint: 'Check host and port, and that a firewall lets Muster through.' },
  untrustedCertificate: {
    retry: false,
    hint: 'Give the certificate of the authority that signed the server certificate, and the name that it is for.',
  },
  credentials: { retry: false, hint: 'Give valid credentials; they may have expired or been changed.' },
  permission: { retry: false, hint: 'Grant the permissions that the page of this connector lists.' },
  throttled: { retry: true, hint: 'The source limits requests; the next attempt waits as long as it asked for.' },
  unavailable: { retry: true, hint: 'The source is in trouble; it is tried again.' },
  timeout: { retry: true, hint: 'The source did not answer in time; it is tried again.' },
  interrupted: { retry: true, hint: 'The connection broke while reading; it is tried again.' },
  incomplete: { retry: false, hint: 'The source returns only a part: raise its limits for the account that reads.' },
  protocol: { retry: true, hint: 'The source answered otherwise than documented; it is tried again.' },
  checkpointExpired: { retry: true, hint: 'The source has forgotten the last position; everything is read again.' },
} as const satisfies Record<string, { retry: boolean; hint: string }>

export type ConnectorFailure = keyof typeof connectorFailures

interface ConnectorErrorExtras {
  /** How long the source asked to be left alone. */
  retryAfterMilliseconds?: number | undefined
  cause?: unknown
}

/**
 * A source could not be read, or not to its end. The message says what happened, to administrators and in logs: it names
 * hosts, error codes and settings, never a secret or a person.
 */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError'
  readonly code: ConnectorFailure
  readonly retryAfterMilliseconds: number | undefined

  constructor(code: ConnectorFailure, message: string, extras: ConnectorErrorExtras = {}) {
    super(message, extras.cause === undefined ? undefined : { cause: extras.cause })
    this.code = code
    this.retryAfterMilliseconds = extras.retryAfterMilliseconds
  }

  get hint(): string {
    return connectorFailures[this.code].hint
  }

  get mayPass(): boolean {
    return connectorFailures[this.code].retry
  }
}
