import { readFileSync } from 'node:fs'

/** The exit code of sysexits.h for a configuration error. */
export const configurationErrorExitCode = 78

export interface Setting<T> {
  readonly name: string
  readonly parse: (text: string) => T
  readonly fallback?: { value: T }
}

type Values<S> = { [K in keyof S]: S[K] extends Setting<infer T> ? T : never }

/** Everything that is wrong with the environment, at once. Messages name the variable, never its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError'
  readonly violations: readonly string[]

  constructor(violations: readonly string[]) {
    super(`The configuration is not valid:\n${violations.map((violation) => `  - ${violation}`).join('\n')}`)
    this.violations = violations
  }
}

/**
 * Reads a table of settings from the environment. `NAME_FILE` names a file that holds the value (Docker secrets);
 * `NAME` and `NAME_FILE` together are a violation. Throws one SettingsError that lists every violation.
 */
export function readSettings<S extends Record<string, Setting<unknown>>>(
  environment: Readonly<Record<string, string | undefined>>,
  table: S,
): Values<S> {
  const violations: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(table)) {
    try {
      values[key] = readSetting(environment, setting)
    } catch (error) {
      violations.push(`${setting.name} ${(error as Error).message}`)
    }
  }
  if (violations.length > 0) throw new SettingsError(violations)
  return values as Values<S>
}

function readSetting<T>(environment: Readonly<Record<string, string | undefined>>, setting: Setting<T>): T {
  const direct = environment[setting.name] || undefined
  const file = environment[`${setting.name}_FILE`] || undefined
  if (direct !== undefined && file !== undefined) throw new Error(`and ${setting.name}_FILE are both set`)
  const text = file === undefined ? direct : readValueFile(file)
  if (text !== undefined) return setting.parse(text)
  if (setting.fallback === undefined) throw new Error('is required')
  return setting.fallback.value
}

function readValueFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    throw new Error('names by its _FILE variant a file that cannot be read')
  }
}

function define<T>(name: string, parse: (text: string) => T, fallback?: { value: T }): Setting<T> {
  return fallback === undefined ? { name, parse } : { name, parse, fallback }
}

export function textSetting(name: string, fallback?: string): Setting<string> {
  return define(name, (text) => text, fallback === undefined ? undefined : { value: fallback })
}

/** A setting that may be absent; its value is then undefined. */
export function optional<T>(setting: Setting<T>): Setting<T | undefined> {
  return { name: setting.name, parse: setting.parse, fallback: { value: undefined } }
}

export function integerSetting(name: string, range: { min: number; max: number }, fallback?: number): Setting<number> {
  const parse = (text: string): number => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= range.min && value <= range.max) return value
    throw new Error(`must be a whole number from ${range.min} to ${range.max}`)
  }
  return define(name, parse, fallback === undefined ? undefined : { value: fallback })
}

export function portSetting(name: string, fallback?: number): Setting<number> {
  return integerSetting(name, { min: 1, max: 65_535 }, fallback)
}

export function choiceSetting<const T extends string>(name: string, choices: readonly T[], fallback?: T): Setting<T> {
  const parse = (text: string): T => {
    const choice = choices.find((candidate) => candidate === text)
    if (choice !== undefined) return choice
    throw new Error(`must be one of ${choices.join(', ')}`)
  }
  return define(name, parse, fallback === undefined ? undefined : { value: fallback })
}

/** An absolute URL of one of the given schemes (`'http:'`, `'postgres:'`, …), without a trailing slash. */
export function urlSetting(name: string, protocols: readonly string[], fallback?: string): Setting<string> {
  const parse = (text: string): string => {
    const url = URL.parse(text)
    if (url !== null && protocols.includes(url.protocol)) return text.replace(/\/+$/, '')
    throw new Error(`must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`)
  }
  return define(name, parse, fallback === undefined ? undefined : { value: fallback })
}

/** A secret of at least `minLength` characters. */
export function secretSetting(name: string, minLength: number): Setting<string> {
  const parse = (text: string): string => {
    if (text.length >= minLength) return text
    throw new Error(`must have at least ${minLength} characters`)
  }
  return define(name, parse)
}

export const databaseUrlProtocols = ['postgres:', 'postgresql:'] as const
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

/** Runs `read`; on a configuration error prints every violation and ends the process with exit code 78. */
export function orExit<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(configurationErrorExitCode)
  }
}
