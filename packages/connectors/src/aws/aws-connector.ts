import type { Connector } from '../connector.ts'
import type { ConnectorContext } from '../connector-context.ts'
import type { Checkpoint, Page } from '../page.ts'
import { checkSource } from './check-source.ts'
import type { AwsConfig } from './config.ts'
import { openIdentityStore } from './identity-store.ts'
import { positions } from './position.ts'
import { readRound } from './read-round.ts'

/** Reads an identity store. It cannot say what has changed: there is no delta. */
export function openAws(config: AwsConfig, context: ConnectorContext): Connector {
  const closing = new AbortController()
  const signal = AbortSignal.any([context.signal, closing.signal])
  const store = openIdentityStore(config, { ...context, signal })
  return {
    check: () => checkSource(store),
    snapshot: (resume) => snapshot(resume),
    close: async () => closing.abort(),
  }

  async function* snapshot(resume: Checkpoint | undefined): AsyncGenerator<Page> {
    const position = resume === undefined ? {} : positions.read(resume, config)
    for await (const page of readRound(store, config, position)) {
      signal.throwIfAborted()
      yield page
    }
  }
}
