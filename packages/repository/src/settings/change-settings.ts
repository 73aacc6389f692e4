import type { Cause } from '@muster/events'
import { newUuid } from '@muster/runtime/type-ids'
import { appendAudit } from '../audit/append.ts'
import type { Database } from '../database/database.ts'
import { LostRace } from '../database/database-errors.ts'
import type { OrganizationScope } from '../database/organization-scope.ts'
import { read } from '../database/read.ts'
import { transact } from '../database/transact.ts'
import type { Transaction } from '../database/transaction.ts'
import { openHold } from '../holds/open-hold.ts'
import { directoryContext } from '../organizations/directory-reference.ts'
import { holdPending, withdrawPending } from './change-pending.ts'
import { settleAnew, storeSettings } from './change-store.ts'
import { loadBasis, type PlanBasis, type SettingsChange } from './plan-basis.ts'
import { type Impact, planImpact } from './plan-impact.ts'
import { lockSettings } from './settings-lock.ts'

/** What a change of settings has begun. */
export interface SettingsOutcome {
  /** Of those who are derived anew, to be finished one after the other; none when nobody needs to be. */
  settlementIds: string[]
  /** The holds it opened: removals in them, or the change itself, wait for somebody's decision. */
  holdIds: string[]
}

/** How long the impact of a change is looked at before it is made; what was not seen by then is held. */
const planMilliseconds = 30_000
const attemptsMax = 3

/**
 * Changes settings that decide who and what people are, after looking at the impact: when the guard would hold it,
 * filters are changed and the removals wait; an order of directories is not changed before somebody approves. The order
 * is a change of its own, made after the others. Undefined when there is no directory of this id; the caller finishes
 * the settlements.
 */
export async function changeSettings(
  database: Database,
  scope: OrganizationScope,
  cause: Cause,
  { directoryOrder, ...others }: SettingsChange,
): Promise<SettingsOutcome | undefined> {
  const parts: SettingsChange[] = [others]
  if (directoryOrder !== undefined) parts.push({ directoryId: null, directoryOrder })
  const total: SettingsOutcome = { settlementIds: [], holdIds: [] }
  for (const part of parts) {
    const made = await attempt(database, scope, cause, part, { always: false })
    if (made === undefined) return undefined
    total.settlementIds.push(...made.settlementIds)
    total.holdIds.push(...made.holdIds)
  }
  return total
}

/**
 * Derives everybody of a directory, or of all, anew by the settings there are: what that removes is judged like a change.
 * Undefined when there is no directory of this id.
 */
export function settleEverybody(
  database: Database,
  scope: OrganizationScope,
  cause: Cause,
  directoryId: string | null,
): Promise<SettingsOutcome | undefined> {
  return attempt(database, scope, cause, { directoryId }, { always: true })
}

/** Again when the settings were changed between the look at the impact and the change. */
async function attempt(
  database: Database,
  scope: OrganizationScope,
  cause: Cause,
  change: SettingsChange,
  { always }: { always: boolean },
): Promise<SettingsOutcome | undefined> {
  for (let attempts = 1; ; attempts++) {
    const basis = await read(database, scope, (reader) => loadBasis(reader, change))
    if (basis === undefined) return undefined
    const isNeeded = always || basis.differing.length > 0
    const impact = isNeeded && needsJudgement(basis, change) ? await plan(database, scope, basis, change) : undefined
    const made = await transact(database, scope, cause, async (tx) => {
      await lockSettings(tx)
      if ((await versionOf(tx)) !== basis.version) return undefined
      if (change.directoryOrder !== undefined) await withdrawPending(tx)
      return isNeeded ? make(tx, basis, change, impact) : { settlementIds: [], holdIds: [] }
    })
    if (made !== undefined) return made
    if (attempts === attemptsMax) throw new LostRace('The settings changed again and again')
  }
}

function plan(database: Database, scope: OrganizationScope, basis: PlanBasis, change: SettingsChange): Promise<Impact> {
  return planImpact(database, scope, basis, change, { deadlineMilliseconds: planMilliseconds })
}

/** A mapping alone removes nobody, unless a filter reads what it fills. */
function needsJudgement({ differing, hasCustomFilters }: PlanBasis, { mapping }: SettingsChange): boolean {
  const isMappingOnly = mapping !== undefined && differing.every((name) => name === 'mapping')
  return hasCustomFilters || !isMappingOnly
}

async function versionOf(tx: Transaction): Promise<number> {
  const { settings_version: version } = await tx.db
    .selectFrom('organizations')
    .select('settings_version')
    .where('organization_id', '=', tx.organizationId)
    .executeTakeFirstOrThrow()
  return version
}

async function make(
  tx: Transaction,
  basis: PlanBasis,
  change: SettingsChange,
  impact: Impact | undefined,
): Promise<SettingsOutcome> {
  const { directoryId, directoryOrder } = change
  const isHeld = impact !== undefined && (impact.held || !impact.isComplete)
  const detail = { changed: basis.differing, ...(isHeld && { held: true }) }
  const [kind, target] = directoryId === null ? ['organization', tx.organizationId] : ['directory', directoryId]
  appendAudit(tx, { action: `${kind}.${basis.differing.length > 0 ? 'update' : 'settle'}`, target, detail })
  if (!isHeld) {
    await storeSettings(tx, basis, change)
    return { settlementIds: [await settleAnew(tx, directoryId, null)], holdIds: [] }
  }
  const holdId = newUuid()
  const directory = directoryId === null ? null : (await directoryContext(tx, directoryId)).reference
  const removals = directoryOrder === undefined ? impact.removals : impact.deactivated
  await openHold(tx, { holdId, directoryId, directory, reason: 'settings', kind: 'users', removals })
  if (directoryOrder !== undefined) {
    await holdPending(tx, holdId, { directoryOrder: [...directoryOrder] })
    return { settlementIds: [], holdIds: [holdId] }
  }
  await storeSettings(tx, basis, change)
  return { settlementIds: [await settleAnew(tx, directoryId, holdId)], holdIds: [holdId] }
}
