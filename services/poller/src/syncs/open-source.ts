import {
  type Connector,
  type ConnectorContext,
  type ConnectorDefinition,
  ConnectorError,
  type ConnectorType,
} from '@muster/connectors'
import { type OrganizationScope, openDirectoryConfig, read } from '@muster/repository'
import { SecretBoxError } from '@muster/runtime/secret-box'
import type { OpenConnector } from '@muster/sync'
import type { TaskContext } from '../tasks/task-context.ts'

/** Opens the source of a directory with the configuration that is stored of it. */
export function storedSource(
  context: TaskContext,
  { type, ...directory }: StoredDirectory & { type: string },
): OpenConnector {
  return async (reading) => givenSource(context, { type, config: await storedConfig(context, directory) })(reading)
}

interface StoredDirectory {
  scope: OrganizationScope
  directoryId: string
}

/** The configuration that is stored of a directory. @throws ConnectorError `configuration` when it cannot be opened, or has none */
export async function storedConfig(
  { database, rootKeys }: TaskContext,
  { scope, directoryId }: StoredDirectory,
): Promise<Record<string, unknown>> {
  const config = await read(database, scope, (reader) => openDirectoryConfig(reader, rootKeys, directoryId)).catch(
    (cause) => {
      if (!(cause instanceof SecretBoxError)) throw cause
      const message = 'The stored configuration cannot be opened: a root key is missing, or it was altered.'
      throw new ConnectorError('configuration', message, { cause })
    },
  )
  if (config === undefined) throw new ConnectorError('configuration', 'The directory has no configuration.')
  return config
}

/** Opens a source with a configuration that is not stored. */
export function givenSource(
  context: TaskContext,
  { type, config }: { type: string; config: Record<string, unknown> },
): OpenConnector {
  return async (reading): Promise<Connector> => {
    const definition: ConnectorDefinition | undefined = context.connectors[type as ConnectorType]
    if (definition === undefined) {
      throw new ConnectorError('configuration', 'This release reads no directories of this type.')
    }
    definition.assertConfig?.(config)
    const { outbound, logger } = context
    const own: ConnectorContext = { outbound, logger: logger.child({ connector: definition.type }), ...reading }
    return definition.open(config, own)
  }
}
