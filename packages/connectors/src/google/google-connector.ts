import type { Connector } from '../connector.ts'
import type { ConnectorContext } from '../connector-context.ts'
import type { Checkpoint, Page } from '../page.ts'
import { checkSource } from './check-source.ts'
import type { GoogleConfig } from './config.ts'
import { type GoogleSource, openSource } from './google-source.ts'
import { positions } from './position.ts'
import { readRound } from './read-round.ts'

/** Reads an account of Google Workspace. Google cannot tell what has changed: every round reads everything. */
export function openGoogle(config: GoogleConfig, context: ConnectorContext): Connector {
  const closing = new AbortController()
  const source = openSource(config, { ...context, signal: AbortSignal.any([context.signal, closing.signal]) })
  return {
    check: () => checkSource(source),
    snapshot: (resume) => snapshot(source, resume),
    close: async () => closing.abort(),
  }
}

async function* snapshot(source: GoogleSource, resume: Checkpoint | undefined): AsyncGenerator<Page> {
  yield* readRound(source, resume === undefined ? {} : positions.read(resume, source.config))
}
