import { MusterError } from '@muster/runtime/errors'

interface PostgresError extends Error {
  code: string
  constraint?: string
}

/** What a broken constraint means to the caller. A constraint that is not here is a defect of ours: internal. */
const constraintErrors: Record<string, () => MusterError> = {
  directory_users_user_name: () => new MusterError('uniqueness', 'Another user of this directory has this userName.'),
  directory_groups_unique_name: () =>
    new MusterError('uniqueness', 'Another group of this directory has this displayName.'),
  directory_users_organization_id_directory_id_fkey: () => new MusterError('notFound', 'The directory is gone.'),
  directory_groups_organization_id_directory_id_fkey: () => new MusterError('notFound', 'The directory is gone.'),
  directory_tokens_organization_id_directory_id_fkey: () => new MusterError('notFound', 'The directory is gone.'),
  memberships_check1: () => new MusterError('invalidValue', 'A group cannot be a member of itself.'),
}

/** Lost races: the same transaction, run again, sees the winner and goes another way. */
const retriedConstraints = new Set([
  'user_links_pkey',
  'user_links_one_per_directory',
  // The person was erased.
  'user_links_organization_id_user_id_fkey',
  'email_claims_organization_id_user_id_fkey',
  'memberships_organization_id_directory_id_directory_user_id_fkey',
  // Cut by Postgres at 63 bytes.
  'memberships_organization_id_directory_id_directory_group_i_fkey',
  'memberships_organization_id_directory_id_child_group_id_fkey',
])
const retriedCodes = new Set(['40001', '40P01'])

/** SQLSTATE classes that mean the database is away or overloaded, not that the request was wrong. */
const unavailableCodes = /^(08|53|57P0[123]|57014|55P03)/

/** What was read is not so any more, or another was faster: the transaction is run again. */
export class LostRace extends Error {}

export function isRetriable(error: unknown): boolean {
  if (error instanceof LostRace) return true
  if (!isPostgresError(error)) return false
  return retriedCodes.has(error.code) || retriedConstraints.has(error.constraint ?? '')
}

/** Turns what pg throws into the closed union of errors; MusterErrors pass. */
export function translateDatabaseError(error: unknown): unknown {
  if (error instanceof MusterError) return error
  if (error instanceof LostRace) return unavailable(error)
  // First: EPIPE has the looks of an SQLSTATE.
  if (isConnectionFailure(error)) return unavailable(error)
  if (!isPostgresError(error)) return error
  // Class 23 only: an entry too long for an index also names the index.
  const known = error.code.startsWith('23') ? constraintErrors[error.constraint ?? ''] : undefined
  if (known !== undefined) return known()
  // A race that was lost in every attempt may be won later.
  return unavailableCodes.test(error.code) || isRetriable(error) ? unavailable(error) : error
}

/** What the server refuses a connection for (a wrong password, a database that is gone) is an outage to the caller. */
export function translateConnectError(error: unknown): unknown {
  return isPostgresError(error) ? unavailable(error) : translateDatabaseError(error)
}

function unavailable(cause: unknown): MusterError {
  return new MusterError('unavailable', 'The database is not available; try again.', { retryAfterSeconds: 5, cause })
}

function isPostgresError(error: unknown): error is PostgresError {
  return error instanceof Error && /^[0-9A-Z]{5}$/.test(String((error as { code?: unknown }).code))
}

function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = String((error as { code?: unknown }).code)
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect|connection error and is not queryable/.test(
      error.message,
    )
  )
}
