import { newUuid } from '@muster/runtime/type-ids'
import pg from 'pg'

/**
 * Adds a key of the installation, as the owner of the database: the services' own role cannot.
 * Called at the machine (`muster keys create`), never over HTTP.
 */
export async function createOperatorKey(options: {
  migrationDatabaseUrl: string
  name: string
  hash: Buffer
  hint: string
}): Promise<void> {
  const client = new pg.Client({ connectionString: options.migrationDatabaseUrl })
  await client.connect()
  try {
    await client.query(
      'INSERT INTO operator_keys (operator_key_id, credential_hash, name, hint) VALUES ($1, $2, $3, $4)',
      [newUuid(), options.hash, options.name, options.hint],
    )
  } finally {
    await client.end()
  }
}
