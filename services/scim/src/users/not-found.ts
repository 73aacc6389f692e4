import { MusterError } from '@muster/runtime/errors'

/** The same for an unknown id, a malformed one and one of somebody else. */
export function userNotFound(): MusterError {
  return new MusterError('notFound', 'There is no such User.')
}
