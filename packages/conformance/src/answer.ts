import { type Json, sameJson } from '@muster/scim'
import { CheckFailure, CheckSkipped, type Exchange } from './check-outcome.ts'
import { type JsonPath, lookUp, shownPath } from './json-path.ts'
import { shown } from './shown.ts'

const errorSchema = 'urn:ietf:params:scim:api:messages:2.0:Error'
const listSchema = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** Table 9 of RFC 7644 and RFC 9865 §2.2. */
const scimTypes: readonly string[] = [
  ...['invalidFilter', 'tooMany', 'uniqueness', 'mutability', 'invalidSyntax', 'invalidPath', 'noTarget'],
  ...['invalidValue', 'invalidVers', 'sensitive', 'invalidCursor', 'expiredCursor', 'invalidCount'],
]

/** What came back, with the assertions that checks make about it: each throws a CheckFailure that shows the exchange. */
export class Answer {
  readonly exchange: Exchange
  readonly headers: Headers
  readonly text: string
  /** The text as JSON; undefined when it is empty or none. */
  readonly body: Json | undefined

  constructor(exchange: Exchange, headers: Headers, text: string) {
    this.exchange = exchange
    this.headers = headers
    this.text = text
    this.body = parse(text)
  }

  get status(): number {
    return this.exchange.status
  }

  get resources(): Json[] {
    const resources = this.at('Resources')
    return Array.isArray(resources) ? resources : []
  }

  /** The value at a path of attribute names (in any case) and indexes; undefined when there is none. */
  at(path: JsonPath): Json | undefined {
    return lookUp(this.body, path)
  }

  /** The text at a path. */
  textAt(path: JsonPath): string {
    const value = this.at(path)
    return typeof value === 'string' && value !== '' ? value : this.fail(`a text as ${shownPath(path)}`, shown(value))
  }

  fail(expected: string, got: string): never {
    throw new CheckFailure(expected, got, this.exchange)
  }

  is(...statuses: number[]): this {
    if (!statuses.includes(this.status)) this.fail(`status ${statuses.join(' or ')}`, String(this.status))
    return this
  }

  /** Skips the check when the server says that it does not offer this. */
  unless(statuses: readonly number[], what: string): this {
    if (statuses.includes(this.status)) {
      throw new CheckSkipped(
        `${what}: the server answers ${this.status} to ${this.exchange.method} ${this.exchange.path}`,
      )
    }
    return this
  }

  has(path: JsonPath, expected: Json): this {
    const got = this.at(path)
    const isSame = expected === null ? isUnassigned(got) : sameJson(got, expected)
    if (!isSame) this.fail(`${shown(expected)} as ${shownPath(path)}`, shown(got))
    return this
  }

  /** `holds` tells whether the value is right; `expected` says it in words. */
  satisfies(path: JsonPath, expected: string, holds: (value: Json | undefined) => boolean): this {
    const got = this.at(path)
    if (!holds(got)) this.fail(`${expected} as ${shownPath(path)}`, shown(got))
    return this
  }

  /** Unassigned: absent, null or empty are the same (RFC 7643 §2.5). */
  lacks(...paths: JsonPath[]): this {
    for (const path of paths) {
      const got = this.at(path)
      if (!isUnassigned(got)) this.fail(`no ${shownPath(path)}`, shown(got))
    }
    return this
  }

  hasHeader(name: string, pattern: RegExp): this {
    const got = this.headers.get(name)
    if (got === null || !pattern.test(got)) this.fail(`a header ${name} that matches ${pattern}`, shown(got))
    return this
  }

  hasMediaType(...types: string[]): this {
    const [type = '', ...parameters] = (this.headers.get('content-type') ?? '').toLowerCase().split(/\s*;\s*/)
    if (!types.includes(type)) this.fail(`media type ${types.join(' or ')}`, type || 'none')
    const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.replace(/"/g, '')
    if (charset !== undefined && charset !== 'charset=utf-8') this.fail('charset utf-8', charset)
    return this
  }

  /** A SCIM error (RFC 7644 §3.12) of one of these statuses. */
  isError(...statuses: number[]): this {
    this.is(...statuses).hasMediaType('application/scim+json', 'application/json')
    this.satisfies('schemas', `["${errorSchema}"]`, (value) => Array.isArray(value) && value.includes(errorSchema))
    this.has('status', String(this.status))
    const scimType = this.at('scimType')
    if (!isUnassigned(scimType) && !scimTypes.includes(String(scimType))) {
      this.fail(`a scimType of ${scimTypes.join(', ')}`, shown(scimType))
    }
    return this
  }

  hasScimType(...types: string[]): this {
    const got = this.at('scimType')
    if (!types.includes(String(got))) this.fail(`scimType ${types.join(' or ')}`, shown(got))
    return this
  }

  /** A ListResponse (RFC 7644 §3.4.2). */
  isList(): this {
    this.is(200)
    this.satisfies('schemas', `["${listSchema}"]`, (value) => Array.isArray(value) && value.includes(listSchema))
    return this.satisfies('Resources', 'a list', (value) => value === undefined || Array.isArray(value))
  }
}

/** Unassigned, null and empty are one state (RFC 7643 §2.5). */
export function isUnassigned(value: Json | undefined): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === 0)
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}
