import type { FakeDirectory } from '@muster/testkit/fake-directory'
import type { Test } from 'tap'
import type { Static, TObject } from 'typebox'
import type { Connector, ConnectorDefinition } from '../../src/connector.ts'
import { sourceContext } from './source-context.ts'

interface FakeSource<Config> {
  directory: FakeDirectory
  /** What a connector is configured with that reads it. */
  config: Config
  close(): Promise<void>
}

/** Connectors to a fake source, with a configuration that says otherwise in some fields; all of them end with the test. */
export function openFake<Config extends TObject>(
  t: Test,
  definition: ConnectorDefinition<Config>,
  fake: FakeSource<Static<Config>>,
) {
  t.teardown(() => fake.close())
  const { context, ...kept } = sourceContext(t)
  const open = async (changes: Partial<Static<Config>> = {}): Promise<Connector> => {
    const config = { ...fake.config, ...changes }
    definition.assertConfig?.(config)
    const connector = await definition.open(config, context)
    t.teardown(() => connector.close())
    return connector
  }
  return { directory: fake.directory, context, open, ...kept }
}
