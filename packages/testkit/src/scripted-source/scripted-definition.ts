import type { ConnectorDefinition, ConnectorType } from '@muster/connectors'
import { Type } from 'typebox'
import { scriptedConnector } from './scripted-connector.ts'
import { fileStore, type SourceStore } from './source-store.ts'

const scriptedConfig = Type.Object(
  {
    host: Type.String({ minLength: 1, description: 'Names the source.', destination: true }),
    account: Type.Optional(Type.String({ description: 'Who reads it.' })),
    password: Type.String({ minLength: 1, description: 'The password of the account.', secret: true }),
  },
  { additionalProperties: false },
)

interface DefinitionOptions {
  /** The file of the source (of `createScriptedSource`), or the file of each host of configurations. */
  file: string | ((host: string) => string)
  /** `LDAP` without it. */
  type?: ConnectorType
}

/** A kind of directory for the registry of another process than that of the test: its sources are in files. */
export function scriptedDefinition({ file, type }: DefinitionOptions): ConnectorDefinition<typeof scriptedConfig> {
  const stores = new Map<string, SourceStore>()
  return definitionOf((host) => {
    const name = typeof file === 'string' ? file : file(host)
    const store = stores.get(name) ?? fileStore(name)
    stores.set(name, store)
    return store
  }, type)
}

/** A kind of directory whose sources are found by the host of a configuration. */
export function definitionOf(
  storeOf: (host: string) => SourceStore,
  type: ConnectorType = 'LDAP',
): ConnectorDefinition<typeof scriptedConfig> {
  return {
    type,
    title: 'Scripted source',
    config: scriptedConfig,
    open: async (config, context) => scriptedConnector(storeOf(config.host), config.password, context),
  }
}
