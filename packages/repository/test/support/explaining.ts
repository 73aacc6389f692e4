import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import type { UserQuestion } from '../../src/explain/explain-user.ts'
import type { AbsenceQuestion } from '../../src/explain/found-users.ts'
import {
  type AbsenceExplanation,
  type Database,
  explainAbsence,
  explainUser,
  type OrganizationScope,
  read,
  type Transaction,
  transact,
  type UserExplanation,
} from '../../src/index.ts'
import { lockSettings } from '../../src/settings/settings-lock.ts'
import { finishSettlement } from '../../src/settlements/advance-settlement.ts'
import { startSettlement } from '../../src/settlements/start-settlement.ts'
import { addDirectory, cause, type TestDirectory } from './directory.ts'
import type { Installation } from './installation.ts'

interface RoleMappingDraft {
  groupId?: string
  groupName?: string
  directoryId?: string
  roleIds: readonly string[]
}

/** What people of one organization are derived by, straight in the tables, and the explanations of it. */
export interface ExplainStage {
  database: Database
  scope: OrganizationScope
  okta: TestDirectory
  google: TestDirectory
  /** Changes settings; people follow with `settle`. */
  configure(statement: (tx: Transaction) => Promise<unknown>): Promise<void>
  filterBy(filters: JsonObject, directory?: TestDirectory): Promise<void>
  order(...directories: readonly TestDirectory[]): Promise<void>
  /** Answers with the UUID. */
  mapRoles(draft: RoleMappingDraft): Promise<string>
  settle(): Promise<void>
  personOf(directory: TestDirectory, directoryUserId: string): Promise<string>
  explain(userId: string, question?: UserQuestion): Promise<UserExplanation>
  explainAbsence(question: AbsenceQuestion): Promise<AbsenceExplanation>
}

/** Every reason that an explanation gave since the process began. */
export const reasonsSeen = new Set<string>()

/** An organization with two directories; the older one ranks first. */
export async function openExplainStage(
  { database, addOrganization }: Installation,
  options: { guarded?: boolean } = {},
): Promise<ExplainStage> {
  const scope = await addOrganization('Acme', options)
  const [okta, google] = [await addDirectory(database, scope, 'Okta'), await addDirectory(database, scope, 'Google')]
  const own = sql`organization_id = ${scope.organizationId}`
  const configure: ExplainStage['configure'] = (statement) =>
    transact(database, scope, cause, async (tx) => {
      await lockSettings(tx)
      await statement(tx)
      await sql`UPDATE organizations SET settings_version = settings_version + 1 WHERE ${own}`.execute(tx.db)
    })
  return {
    ...{ database, scope, okta, google, configure },
    ...settingsOf(scope, configure),
    settle: () => settleAll(database, scope),
    personOf: async (directory, id) => {
      const { rows } = await read(database, scope, ({ db }) =>
        sql<{ user_id: string }>`SELECT user_id FROM user_links WHERE ${own} AND directory_id = ${directory.directoryId}
          AND directory_user_id = ${id}`.execute(db),
      )
      if (rows[0] === undefined) throw new Error('The directory user has no person')
      return rows[0].user_id
    },
    explain: async (userId, question) => {
      const explanation = await read(database, scope, (reader) => explainUser(reader, userId, question))
      if (explanation === undefined) throw new Error(`There is no ${toTypeId('user', userId)}`)
      noteReasons(explanation)
      return explanation
    },
    explainAbsence: async (question) => {
      const explanation = await read(database, scope, (reader) => explainAbsence(reader, question))
      noteReasons(explanation)
      return explanation
    },
  }
}

function settingsOf(scope: OrganizationScope, configure: ExplainStage['configure']) {
  const own = sql`organization_id = ${scope.organizationId}`
  return {
    filterBy: (filters: JsonObject, directory?: TestDirectory) =>
      configure((tx) =>
        directory === undefined
          ? sql`UPDATE organizations SET sync_filters = ${JSON.stringify(filters)} WHERE ${own}`.execute(tx.db)
          : sql`UPDATE directories SET sync_filters = ${JSON.stringify(filters)}
              WHERE ${own} AND directory_id = ${directory.directoryId}`.execute(tx.db),
      ),
    order: (...directories: readonly TestDirectory[]) =>
      configure((tx) =>
        sql`UPDATE organizations SET directory_order = ${directories.map((one) => one.directoryId)}::uuid[]
          WHERE ${own}`.execute(tx.db),
      ),
    mapRoles: async ({ groupId, groupName, directoryId, roleIds }: RoleMappingDraft) => {
      const id = newUuid()
      await configure(async (tx) => {
        await sql`INSERT INTO role_mappings
          (organization_id, role_mapping_id, directory_id, group_id, group_name, group_name_key, role_ids)
          VALUES (${scope.organizationId}, ${id}, ${directoryId ?? null}, ${groupId ?? null}, ${groupName ?? null},
            ${groupName?.toLowerCase() ?? null}, ${[...roleIds]}::text[])`.execute(tx.db)
        await sql`UPDATE organizations SET has_role_mappings = true WHERE ${own}`.execute(tx.db)
      })
      return id
    },
  }
}

/** Derives everybody anew; removals are carried out. */
async function settleAll(database: Database, scope: OrganizationScope): Promise<void> {
  const id = await transact(database, scope, cause, (tx) =>
    startSettlement(tx, { kind: 'directory_users', directoryId: null, total: 0 }),
  )
  const settlement = await finishSettlement(database, scope, id, { deadlineMilliseconds: 60_000 })
  if (settlement?.status !== 'done') throw new Error('The settlement did not end')
}

function noteReasons(explanation: unknown): void {
  if (typeof explanation !== 'object' || explanation === null) return
  for (const [name, value] of Object.entries(explanation)) {
    if (name === 'reason') reasonsSeen.add(String(value))
    noteReasons(value)
  }
}
