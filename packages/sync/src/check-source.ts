import { type CheckResult, ConnectorError } from '@muster/connectors'
import type { RunError } from '@muster/repository'
import { withDeadline } from '@muster/runtime/outbound/deadline'
import { closeSource, type OpenConnector } from './open-source.ts'
import { toRunFailure } from './run-failure.ts'

/** What trying a source has shown. */
export type SourceCheck = ({ ok: true; milliseconds: number } & CheckResult) | { ok: false; error: RunError }

/** Tries address, credentials and permissions of a source, for so long at most. What fails is the answer, never thrown. */
export async function checkSource(
  open: OpenConnector,
  { milliseconds, onError }: { milliseconds: number; onError: (error: unknown) => void },
): Promise<SourceCheck> {
  const begun = performance.now()
  try {
    const result = await withDeadline(milliseconds, async (signal) => {
      const connector = await open({ signal, onThrottled: () => undefined })
      return connector.check().finally(() => closeSource(connector))
    })
    return { ok: true, milliseconds: Math.round(performance.now() - begun), ...result }
  } catch (error) {
    onError(error)
    return { ok: false, error: toRunFailure(inTime(error, milliseconds)).error }
  }
}

function inTime(error: unknown, milliseconds: number): unknown {
  if (!(error instanceof DOMException && error.name === 'TimeoutError')) return error
  return new ConnectorError('timeout', `The source did not answer within ${milliseconds / 1_000} seconds.`)
}
