import {
  addDirectoryToken,
  authenticateApiKey,
  chooseOrganization,
  createDirectory,
  createOperatorKey,
  createOrganization,
  migrate,
  openDatabase,
  provisionDatabase,
  transact,
} from '@muster/repository'
import { generateToken, hashToken } from '@muster/runtime/tokens'
import { encodeUuid } from '@muster/runtime/type-ids'

export interface DirectoryAccess {
  /** `/scim/{key}/v2` */
  path: string
  token: string
}

/** A migrated database with that many organizations, each with a SCIM directory and its token. */
export async function createDirectories(
  superuserUrl: string,
  options: { pepper: string; organizations: number },
): Promise<{ databaseUrl: string; directories: DirectoryAccess[] }> {
  const urls = await provisionDatabase({
    superuserUrl,
    database: 'bench',
    owner: { name: 'bench_owner', password: 'owner' },
    app: { name: 'bench_app', password: 'app' },
  })
  await migrate({ migrationDatabaseUrl: urls.migrationDatabaseUrl, appRole: 'bench_app' })
  const key = hashToken(options.pepper, generateToken('key'))
  await createOperatorKey({ migrationDatabaseUrl: urls.migrationDatabaseUrl, name: 'bench', hash: key, hint: 'x' })
  const database = openDatabase({ url: urls.databaseUrl })
  try {
    const operator = await authenticateApiKey(database, key)
    if (operator?.role !== 'OPERATOR') throw new Error('The operator key does not work')
    const { right } = operator
    const makeDirectory = async (_: unknown, at: number): Promise<DirectoryAccess> => {
      const { organizationId } = await createOrganization(database, right, { name: `Organization ${at}` })
      const scope = await chooseOrganization(database, right, organizationId)
      if (scope === undefined) throw new Error('The organization is gone')
      const token = generateToken('scim')
      return transact(database, scope, { kind: 'system', id: 'bench' }, async (tx) => {
        const { directoryId } = await createDirectory(tx, { name: 'D', type: 'SCIM', scimProfile: 'compatible' })
        const hash = hashToken(options.pepper, token)
        await addDirectoryToken(tx, directoryId, { hash, hint: 'x', expiresAt: null })
        return { path: `/scim/${encodeUuid(directoryId)}/v2`, token }
      })
    }
    const directories = await Promise.all(Array.from({ length: options.organizations }, makeDirectory))
    return { databaseUrl: urls.databaseUrl, directories }
  } finally {
    await database.close()
  }
}
