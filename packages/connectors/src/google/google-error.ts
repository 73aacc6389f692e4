import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'

/** A code as Google writes them. */
export const googleCode = /^[A-Za-z][A-Za-z_]{0,63}$/

/** A refusal of Google's, with the status that it came with. */
export class GoogleError extends ConnectorError {
  readonly status: number

  constructor(code: ConnectorFailure, message: string, status: number, retryAfterMilliseconds?: number) {
    super(code, message, { retryAfterMilliseconds })
    this.status = status
  }
}
