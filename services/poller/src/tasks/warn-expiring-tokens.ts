import { warnOfExpiringTokens } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

const warningMilliseconds = 14 * 24 * 3_600_000

/**
 * Says `token.expiring` two weeks ahead, once a token: with an expired one provisioning fails, and Entra puts an
 * application that keeps failing into quarantine.
 */
export async function warnExpiringTokens({ database, logger }: TaskContext): Promise<void> {
  const count = await warnOfExpiringTokens(database, {
    withinMilliseconds: warningMilliseconds,
    cause: { kind: 'system', id: 'warn_expiring_tokens' },
  })
  if (count > 0) logger.info({ count }, 'warned of expiring tokens')
}
