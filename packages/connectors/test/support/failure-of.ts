import type { Test } from 'tap'
import { ConnectorError, type ConnectorFailure } from '../../src/connector-error.ts'

/** How something fails; undefined when it does not. */
export function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** The error that a piece of work ends by, which must be of this code. */
export async function failsAs(
  t: Test,
  work: Promise<unknown>,
  code: ConnectorFailure,
  words = '',
): Promise<ConnectorError> {
  const error = await failureOf(work)
  if (!(error instanceof ConnectorError)) throw new Error(`${words}: not ${error}`)
  t.equal(error.code, code, `${words} ${error.message}`)
  return error
}
