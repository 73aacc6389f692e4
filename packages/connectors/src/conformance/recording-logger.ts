import type { Logger } from '@muster/runtime/logger'

/** A logger that keeps what is logged, as text. */
export function recordingLogger(lines: string[]): Logger {
  const log = (...parts: unknown[]) => void lines.push(parts.map(textOf).join(' '))
  const logger = { trace: log, debug: log, info: log, warn: log, error: log, fatal: log, child: () => logger }
  return logger as unknown as Logger
}

/** All that an error or another value says, through its causes. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof Error) {
    return [value.name, value.message, value.stack ?? '', jsonOf({ ...value }), textOf(value.cause ?? '')].join('\n')
  }
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.values(value).map(textOf).join(' ')
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch {
    return Object.keys(value as object).join(' ')
  }
}
