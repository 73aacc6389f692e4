import { MusterError } from '@muster/runtime/errors'
import type { SourceError } from './source-problem.ts'

/** A directory that is stored, or a configuration that is not yet. */
export type TestQuestion = { organizationId: string; directoryId: string } | TestedConfig

interface TestedConfig {
  organizationId: string
  type: string
  config: Record<string, unknown>
}

export type TestAnswer =
  | { ok: true; userCount: number; countedInPart?: boolean; warnings: string[]; milliseconds: number }
  | { ok: false; error: SourceError }

/** The poller, for what answers at once. */
export interface Poller {
  /** Tries a directory. @throws MusterError `unavailable` when no poller answers */
  test(question: TestQuestion): Promise<TestAnswer>
}

/** The poller itself gives up on a source after 25 s. */
const testMilliseconds = 30_000
const retryAfterSeconds = 10

/** Calls the internal listener of the poller at `origin`, showing the secret of the installation. */
export function createPollerClient({ origin, secret }: { origin: string; secret: string }): Poller {
  return {
    async test(question) {
      const answer = await fetch(`${origin}/internal/directories/test`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify(question),
        redirect: 'error',
        signal: AbortSignal.timeout(testMilliseconds),
      }).catch((cause) => {
        throw notThere('The poller does not answer; it is what calls directories.', cause)
      })
      if (answer.status === 404) throw new MusterError('notFound', 'There is nothing with this id.')
      if (!answer.ok) throw notThere(`The poller answered with status ${answer.status}.`)
      return (await answer.json()) as TestAnswer
    },
  }
}

function notThere(detail: string, cause?: unknown): MusterError {
  return new MusterError('unavailable', detail, { retryAfterSeconds, cause })
}
