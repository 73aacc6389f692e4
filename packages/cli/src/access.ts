import {
  addDirectoryToken,
  authenticateApiKey,
  authenticateScimToken,
  chooseOrganization,
  createDirectory,
  createOperatorKey,
  createOrganization,
  type Database,
  listDirectories,
  listOrganizations,
  type OperatorRight,
  type OrganizationScope,
  read,
  type ScimPrincipal,
  transact,
} from '@muster/repository'
import { type ErrorCode, MusterError } from '@muster/runtime/errors'
import { generateToken, hashToken } from '@muster/runtime/tokens'

export interface Access {
  operatorKey: string
  scimToken: string
  /** UUIDs of what the SCIM token belongs to. */
  organizationId: string
  directoryId: string
}

interface Credentials {
  operatorKey: string
  scimToken: string
}

interface Installation {
  database: Database
  migrationDatabaseUrl: string
  pepper: string
}

const firstNames = { organization: 'Demo organization', directory: 'Demo directory', operatorKey: 'muster up' } as const
const cause = { kind: 'system', id: 'muster up' } as const

/** How many directories are tried for a place to put a token. */
const directoriesLimit = 100

/**
 * Makes sure that there are an operator key and a SCIM token that work: those of last time while they are valid, else
 * new ones, on the first organization and on a SCIM directory of it that has room for a token. What is missing is made.
 */
export async function ensureAccess(installation: Installation, previous: Credentials | undefined): Promise<Access> {
  const { operatorKey, right } = await ensureOperator(installation, previous?.operatorKey)
  const known = previous && (await findPrincipal(installation, previous.scimToken))
  const scimToken = known && previous ? previous.scimToken : await issueScimToken(installation, right)
  const principal = known ?? (await findPrincipal(installation, scimToken))
  if (principal === undefined) throw new Error('The SCIM token just made is not accepted')
  return { operatorKey, scimToken, organizationId: principal.scope.organizationId, directoryId: principal.directoryId }
}

async function ensureOperator(
  { database, migrationDatabaseUrl, pepper }: Installation,
  previous: string | undefined,
): Promise<{ operatorKey: string; right: OperatorRight }> {
  const known = previous && (await authenticateApiKey(database, hashToken(pepper, previous)))
  if (known && known.role === 'OPERATOR') return { operatorKey: previous, right: known.right }
  const operatorKey = await issueOperatorKey({ migrationDatabaseUrl, pepper, name: firstNames.operatorKey })
  const principal = await authenticateApiKey(database, hashToken(pepper, operatorKey))
  if (principal?.role !== 'OPERATOR') throw new Error('The operator key just made is not accepted')
  return { operatorKey, right: principal.right }
}

/** Makes an operator key, as the owner of the database. Answers the key, which is not kept anywhere. */
export async function issueOperatorKey(options: {
  migrationDatabaseUrl: string
  pepper: string
  name: string
}): Promise<string> {
  const { migrationDatabaseUrl, pepper, name } = options
  const operatorKey = generateToken('key')
  await createOperatorKey({ migrationDatabaseUrl, name, ...stored(pepper, operatorKey) })
  return operatorKey
}

function findPrincipal({ database, pepper }: Installation, token: string): Promise<ScimPrincipal | undefined> {
  return authenticateScimToken(database, hashToken(pepper, token))
}

async function issueScimToken({ database, pepper }: Installation, right: OperatorRight): Promise<string> {
  const scope = await firstOrganization(database, right)
  const scimToken = generateToken('scim')
  const credential = { ...stored(pepper, scimToken), expiresAt: null }
  for (const directoryId of await listScimDirectories(database, scope)) {
    const added = await transact(database, scope, cause, (tx) => addDirectoryToken(tx, directoryId, credential)).then(
      () => true,
      rejectUnless('conflict'),
    )
    if (added) return scimToken
  }
  await transact(database, scope, cause, async (tx) => {
    const directory = { name: firstNames.directory, type: 'SCIM', scimProfile: 'compatible' } as const
    const { directoryId } = await createDirectory(tx, directory)
    await addDirectoryToken(tx, directoryId, credential)
  })
  return scimToken
}

/** For a failure that is an answer: false when the error has this code; any other is thrown on. */
function rejectUnless(code: ErrorCode): (error: unknown) => false {
  return (error) => {
    if (error instanceof MusterError && error.code === code) return false
    throw error
  }
}

async function firstOrganization(database: Database, right: OperatorRight): Promise<OrganizationScope> {
  const [existing] = await listOrganizations(database, right, { after: undefined, limit: 1 })
  const organization = existing ?? (await createOrganization(database, right, { name: firstNames.organization }))
  const scope = await chooseOrganization(database, right, organization.organizationId)
  if (scope === undefined) throw new Error('The first organization is gone')
  return scope
}

async function listScimDirectories(database: Database, scope: OrganizationScope): Promise<string[]> {
  const directories = await read(database, scope, (reader) =>
    listDirectories(reader, { after: undefined, limit: directoriesLimit }),
  )
  return directories.filter(({ type }) => type === 'SCIM').map(({ directoryId }) => directoryId)
}

/** What the database keeps of a token. */
function stored(pepper: string, token: string): { hash: Buffer; hint: string } {
  return { hash: hashToken(pepper, token), hint: token.slice(-4) }
}
