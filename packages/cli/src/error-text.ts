import { MusterError } from '@muster/runtime/errors'

/** What to tell a person about an error: its detail or message, without a stack. */
export function errorText(error: unknown): string {
  if (error instanceof MusterError) return error.detail
  // Node reports a refused connection to several addresses as one error without a message.
  if (error instanceof AggregateError) return error.errors.map(errorText).join('; ')
  return error instanceof Error ? error.message : String(error)
}
