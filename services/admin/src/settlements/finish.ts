import { finishSettlement, type OrganizationScope, type SettingsOutcome, type Settlement } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import type { Static } from 'typebox'
import type { AdminDeps } from '../admin-app.ts'
import { representSettlement, type settlementSchema } from './representation.ts'

/** How long a request works on what it has begun; the poller goes on. */
const finishMilliseconds = 25_000

/** For the route of a change: the look at its impact, the change, and the work it begins (milliseconds). */
export const changeTimeout = 100_000

interface Started {
  /** 202 while the work goes on. */
  status: 200 | 202
  started: { settlement: Static<typeof settlementSchema> | null; holdIds: string[] }
}

/** Does what a change of settings has begun, and says how far that has come. */
export async function finish(
  { database }: Pick<AdminDeps, 'database'>,
  scope: OrganizationScope,
  { settlementIds, holdIds }: SettingsOutcome,
): Promise<Started> {
  const deadline = performance.now() + finishMilliseconds
  let settlement: Settlement | undefined
  for (const settlementId of settlementIds) {
    const limits = { deadlineMilliseconds: deadline - performance.now() }
    settlement = await finishSettlement(database, scope, settlementId, limits)
  }
  return {
    status: settlement?.status === 'running' ? 202 : 200,
    started: {
      settlement: settlement === undefined ? null : representSettlement(settlement),
      holdIds: holdIds.map((holdId) => toTypeId('hold', holdId)),
    },
  }
}
