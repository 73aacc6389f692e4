import { newUuid } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { appendAudit } from '../../audit/append.ts'
import { send } from '../../database/send.ts'
import type { Transaction } from '../../database/transaction.ts'
import { appendCreated } from '../telling/person-events.ts'
import { type UserRow, userViewColumns } from '../views/user-view.ts'
import { claimByHand } from './claim.ts'
import { patchMetadata } from './metadata.ts'
import { planManualValues } from './values.ts'

export interface PersonDraft {
  /** Shown attribute → value, custom ones as `customAttributes.<name>`. */
  values: Readonly<Record<string, string>>
  metadata: JsonObject
  state: 'active' | 'inactive'
}

/**
 * Creates a person whom no directory holds. A directory user who arrives later with the address is linked to it, as far
 * as the organization links by address. Answers with the user as every surface shows it.
 * @throws `uniqueness` when somebody has the address; `invalidValue` for metadata or custom attributes beyond the limits
 */
export async function createPerson(tx: Transaction, draft: PersonDraft): Promise<Record<string, unknown>> {
  const nothing = { attributes: {}, provided: {}, manual: {}, pinned: {} }
  const { manual } = planManualValues(nothing, { values: draft.values })
  const userId = newUuid()
  const [row] = await send(
    tx.db,
    sql<UserRow>`
    WITH created AS (
      INSERT INTO users (organization_id, user_id, attributes, manual, metadata, state)
      VALUES (${tx.organizationId}, ${userId}, ${JSON.stringify(manual)}, ${JSON.stringify(manual)},
        ${JSON.stringify(patchMetadata({}, draft.metadata))}, ${draft.state})
      RETURNING *
    )
    SELECT ${userViewColumns(tx.organizationId, 'created')} FROM created`,
  )
  if (row === undefined) throw new Error('The person was not stored')
  if (manual.emailKey !== undefined) await claimByHand(tx, userId, manual.emailKey)
  appendAudit(tx, { action: 'user.create', target: userId })
  return appendCreated({ tx, directoryId: null, directory: null }, row).user
}
