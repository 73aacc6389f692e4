import { finishSettlementByJob } from '@muster/repository'
import type { TaskContext } from './task-context.ts'

/** Goes on with a settlement that whoever began it did not end. */
export async function settle({ database }: TaskContext, payload: unknown): Promise<void> {
  if (!isSettlementJob(payload)) throw new TypeError('The payload names no organization and settlement')
  await finishSettlementByJob(database, payload)
}

function isSettlementJob(payload: unknown): payload is { organizationId: string; settlementId: string } {
  if (typeof payload !== 'object' || payload === null) return false
  const { organizationId, settlementId } = payload as Record<string, unknown>
  return typeof organizationId === 'string' && typeof settlementId === 'string'
}
