import { attributeChanges, isShownAttribute, mergePerson, type Provided } from '@muster/people'
import { MusterError } from '@muster/runtime/errors'
import { toTypeId } from '@muster/runtime/type-ids'
import { type JsonObject, sameJson } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../../audit/append.ts'
import { describeChanges } from '../../audit/describe-changes.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { appendPersonEvents } from '../telling/person-events.ts'
import { toUserView, type UserRow, userViewColumns } from '../views/user-view.ts'
import { claimByHand, releaseClaims } from './claim.ts'
import { patchMetadata } from './metadata.ts'
import { lockSaidPerson, type SaidPerson } from './read.ts'
import { planManualValues, type ValueChanges } from './values.ts'

/** What an administrator changes of a person; what is undefined stays. */
export interface PersonChanges extends ValueChanges {
  /** A JSON merge patch (RFC 7396); null removes all. */
  metadata?: JsonObject | null | undefined
  state?: 'active' | 'inactive' | undefined
  lastLoginAt?: Date | null | undefined
}

/** The columns of a person that are changed by hand. */
interface Plan {
  attributes: Provided
  manual: Provided
  pinned: Provided
  metadata: JsonObject
  state: 'active' | 'inactive'
  lastLoginAt: Date | null
}

/**
 * Changes a person by hand. Manual values rank below what directories provide, pinned ones above. What nobody sees, such
 * as a value below a directory's, is stored without an event; so is the last login. Answers with the user as every
 * surface shows it; undefined when there is none of this id.
 * @throws `conflict` for the state of somebody whom a directory holds; `uniqueness` when somebody else has the address;
 * `invalidValue` for a pin without a value, or for metadata or custom attributes beyond the limits
 */
export async function updatePerson(
  tx: Transaction,
  userId: string,
  changes: PersonChanges,
): Promise<Record<string, unknown> | undefined> {
  const before = await lockSaidPerson(tx, userId)
  if (before === undefined) return undefined
  const plan = planUpdate(before, changes)
  const seen = seenChanges(before, plan)
  const isSeen = plan.state !== before.state || Object.keys(seen).length > 0
  if (!isSeen && isStored(before, plan)) return toUserView(before)
  if (before.attributes.emailKey !== plan.attributes.emailKey) {
    await releaseClaims(tx, userId)
    if (plan.attributes.emailKey !== undefined) await claimByHand(tx, userId, plan.attributes.emailKey)
  }
  const row = await store(tx, before, plan, isSeen)
  const { values, lastLoginAt, ...others } = changes
  const named = { ...values, ...others }
  // Whoever only signed in is not an act of administration.
  if (Object.keys(describeable(named)).length > 0) {
    appendAudit(tx, { action: 'user.update', target: userId, detail: describeChanges(named, ['state']) })
  }
  return tell(tx, before, row, seen)
}

function describeable(changes: object): object {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
}

function planUpdate(before: SaidPerson, changes: PersonChanges): Plan {
  const { sources } = before
  if (changes.state !== undefined && changes.state !== before.state && sources.length > 0) {
    const directories = sources.map(({ directoryId }) => toTypeId('directory', directoryId)).join(', ')
    throw new MusterError('conflict', `The state of this person is what its directory says: ${directories}.`)
  }
  const provided: Provided = Object.assign({}, ...sources.map((source) => source.provided).reverse())
  const planned = planManualValues({ ...before, provided }, changes)
  const person = {
    ...planned,
    state: changes.state ?? before.state,
    directoryId: before.directory_id,
    idpId: before.idp_id,
  }
  return {
    ...planned,
    ...mergePerson(person, sources, { wasHeld: false }),
    // Whom a directory holds is turned with groups and roles, by a settlement that may be on its way.
    state: person.state,
    metadata: changes.metadata === undefined ? before.metadata : patchMetadata(before.metadata, changes.metadata),
    lastLoginAt: changes.lastLoginAt === undefined ? before.last_login_at : changes.lastLoginAt,
  }
}

/** What is different about the person for whoever looks at it, the state aside. */
function seenChanges(before: SaidPerson, plan: Plan): Record<string, { from: unknown; to: unknown }> {
  const changes: Record<string, { from: unknown; to: unknown }> = attributeChanges(before.attributes, plan.attributes)
  const [pinned, pins] = [before.pinned, plan.pinned].map((values) =>
    Object.keys(values).filter(isShownAttribute).sort(),
  )
  if (!sameJson(pinned, pins)) changes.pinned = { from: pinned, to: pins }
  if (!sameJson(before.metadata, plan.metadata)) changes.metadata = { from: before.metadata, to: plan.metadata }
  return changes
}

function isStored(before: SaidPerson, plan: Plan): boolean {
  return (
    sameJson([before.attributes, before.manual, before.pinned], [plan.attributes, plan.manual, plan.pinned]) &&
    before.last_login_at?.getTime() === plan.lastLoginAt?.getTime()
  )
}

async function store(tx: Transaction, before: SaidPerson, plan: Plan, isSeen: boolean): Promise<UserRow> {
  const endsSessions = before.state === 'active' && plan.state === 'inactive'
  const [row] = await send(
    tx.db,
    sql<UserRow>`
    UPDATE users AS u SET attributes = ${JSON.stringify(plan.attributes)}, manual = ${JSON.stringify(plan.manual)},
      pinned = ${JSON.stringify(plan.pinned)}, metadata = ${JSON.stringify(plan.metadata)}, state = ${plan.state},
      last_login_at = ${plan.lastLoginAt}, updated_at = CASE WHEN ${isSeen}::boolean THEN now() ELSE u.updated_at END,
      sessions_revoked_at = CASE WHEN ${endsSessions}::boolean THEN now() ELSE u.sessions_revoked_at END
    WHERE u.organization_id = ${tx.organizationId} AND u.user_id = ${before.user_id}
    RETURNING ${userViewColumns(tx.organizationId, 'u')}`,
  )
  if (row === undefined) throw new Error('The person is gone')
  return row
}

function tell(
  tx: Transaction,
  before: SaidPerson,
  row: UserRow,
  changes: Record<string, { from: unknown; to: unknown }>,
): Record<string, unknown> {
  const merged = {
    ...row,
    before_attributes: before.attributes,
    before_state: before.state,
    before_directory_id: row.directory_id,
    before_idp_id: row.idp_id,
    before_manager_id: row.manager_id,
    held: before.sources.length > 0,
  }
  const known = { isFresh: false, isLost: false, roles: undefined, changes }
  return appendPersonEvents({ tx, directoryId: null, directory: null }, merged, known).user
}
