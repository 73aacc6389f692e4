import { type Logger, pino } from 'pino'
import type { logLevels } from './settings.ts'

export type { Logger } from 'pino'

/** Paths that never reach a log line. Bodies are not logged at all; query strings carry personal data and are cut off. */
const redactedPaths = ['req.headers.authorization', 'req.headers.cookie', '*.password', '*.token', '*.authorization']

/**
 * A JSON logger on standard output, one line an entry. Requests are logged as method, path without query, and id.
 */
export function createLogger(options: { service: string; level: (typeof logLevels)[number] }): Logger {
  return pino({
    level: options.level,
    base: { service: options.service },
    redact: { paths: redactedPaths, censor: '[redacted]' },
    serializers: {
      req: (request: { method: string; url: string; id: string }) => ({
        id: request.id,
        method: request.method,
        path: request.url.split('?', 1)[0],
      }),
      err: describeError,
    },
  })
}

/** Type, message and stack of an error; never its other properties: a database error's `detail` holds row values. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  return { type: error.name, message: error.message, code: (error as { code?: unknown }).code, stack: error.stack }
}
