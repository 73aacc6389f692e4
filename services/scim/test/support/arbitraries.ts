import fc from 'fast-check'
import { urns } from './scim-client.ts'

/** Generators of what a hostile, broken or merely odd client may send. */

const names = [
  ...['userName', 'USERNAME', 'displayName', 'externalId', 'active', 'id', 'meta', 'schemas', 'groups', 'password'],
  ...['name', 'name.givenName', 'name.nope', 'emails', 'emails.value', 'emails.type', 'emails.primary', 'addresses'],
  ...[
    'phoneNumbers',
    'roles',
    'x509Certificates',
    'manager',
    'manager.value',
    'department',
    'members',
    'members.value',
  ],
  ...['meta.lastModified', 'title', 'value', 'type', 'primary', 'display', '$ref', 'shoeSize', '', ' ', '.', ':', '[]'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'constructor.prototype',
    '__proto__.polluted',
    'toString',
    'hasOwnProperty',
  ],
  ...[urns.user, urns.group, urns.enterprise, `${urns.enterprise}:manager`, `${urns.enterprise}:__proto__`],
  ...[`${urns.user}:userName`, `${urns.enterprise}:manager.value`, `${urns.user}:`, 'urn:nope:x'],
] as const

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...names) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
)

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'True',
    'false',
    'null',
    'undefined',
    'NaN',
    '0',
    "' OR '1'='1",
    '"',
    '\\',
    '%',
    '_',
    '\u0000',
  ),
  fc.constantFrom('\ud800', 'ﷺ', 'İ', 'ß', '\u202e', '💥', 'a\u0301', '2026-01-01T00:00:00Z', '2026-02-30T00:00:00Z'),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.uuid(),
)

const literal = fc.oneof(
  oddText.map((text) => JSON.stringify(text)),
  oddText,
  fc.constantFrom(
    'true',
    'false',
    'null',
    '1',
    '-0',
    '1e999',
    '1.5',
    '"\\u0000"',
    '"\\ud800"',
    '"unclosed',
    "'single'",
  ),
)

const operator = fc.constantFrom('eq', 'EQ', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'xx', '', '=')

const term = fc.oneof(
  fc.tuple(name, operator, literal).map((parts) => parts.join(' ')),
  name.map((attribute) => `${attribute} pr`),
)

/** What is answered, given a text that can be compared. */
const sensibleTerm = fc
  .tuple(fc.constantFrom('userName', 'displayName', 'externalId', 'id', 'emails.value', 'members', 'active'), oddText)
  .map(([attribute, text]) => `${attribute} eq ${JSON.stringify(text)}`)

/** Filters: mostly of the grammar, with everything in it that may be wrong; some are noise. */
export const filter: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.letrec<{ filter: string }>((tie) => ({ filter: nestedFilter(tie('filter')) })).filter },
  {
    weight: 1,
    arbitrary: fc
      .array(fc.constantFrom('(', ')', '[', ']', '"', 'not', 'and', 'or', ' ', 'eq', 'id', '\\'))
      .map((parts) => parts.join('')),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('(', 'not (', 'emails['), fc.nat(3_000))
      .map(([text, times]) => text.repeat(times)),
  },
)

function nestedFilter(inner: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(term, sensibleTerm),
    fc.tuple(inner, fc.constantFrom('and', 'or', 'AND', 'xor'), inner).map((parts) => parts.join(' ')),
    inner.map((text) => `(${text})`),
    inner.map((text) => `not (${text})`),
    fc
      .tuple(name, inner, fc.constantFrom('', '.value eq "x"', '.type pr', '.nope pr'))
      .map(([of, text, rest]) => `${of}[${text}]${rest}`),
  )
}

/** Any JSON with names that mean something here, and numbers and texts that are hard to store. */
const json = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(oddText, fc.double(), fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie('json'), { maxLength: 4 }),
    object(tie('json')),
  ),
})).json

/** Own members, whatever they are called; `__proto__` as well. */
function object(value: fc.Arbitrary<unknown>): fc.Arbitrary<Record<string, unknown>> {
  return fc.array(fc.tuple(name, value), { maxLength: 5 }).map((members) => Object.fromEntries(members))
}

const multiValue = object(json).map((element) => [element])

/** Bodies for POST and PUT: mostly resources with one thing or another wrong. */
export const resource: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: json },
  {
    weight: 6,
    arbitrary: fc
      .tuple(object(fc.oneof(json, multiValue)), fc.constantFrom(urns.user, urns.group, 'urn:nope'), oddText)
      .map(([members, schema, text]) => ({ schemas: [schema], userName: text, displayName: text, ...members })),
  },
)

/** Paths of PATCH operations, some of them with a filter in brackets. */
export const path: fc.Arbitrary<string> = fc.oneof(
  name,
  fc
    .tuple(name, filter, fc.constantFrom('', '.value', '.__proto__', '.nope', '.type', 'x'))
    .map(([of, text, rest]) => `${of}[${text}]${rest}`),
)

const operation = fc.record(
  {
    op: fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('add', 'remove', 'replace', 'Add', 'REPLACE') },
      { weight: 1, arbitrary: json },
    ),
    path: fc.oneof({ weight: 9, arbitrary: path }, { weight: 1, arbitrary: json }),
    value: fc.oneof(json, multiValue, object(json)),
  },
  { requiredKeys: ['op'] },
)

/** An operation that may well succeed. */
const sensibleOperation = fc.oneof(
  fc.record({
    op: fc.constantFrom('add', 'replace'),
    path: fc.constantFrom('displayName', 'externalId', `${urns.enterprise}:department`, 'name.givenName', 'title'),
    value: oddText,
  }),
  fc.record({
    op: fc.constantFrom('add', 'replace', 'remove'),
    path: fc.constantFrom('emails', 'members', 'roles', 'emails[type eq "work"]', 'members[value eq "x"]'),
    value: fc.array(fc.record({ value: oddText }), { maxLength: 3 }),
  }),
  fc.record({ op: fc.constant('remove'), path: fc.constantFrom('emails', 'members', 'emails[type eq "work"].value') }),
)

/** Bodies for PATCH. */
export const patch: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: json },
  { weight: 4, arbitrary: fc.array(operation, { maxLength: 5 }).map((Operations) => ({ Operations })) },
  { weight: 4, arbitrary: fc.array(sensibleOperation, { maxLength: 3 }).map((Operations) => ({ Operations })) },
)

/** Values of the parameters of a list. */
export const parameters: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    startIndex: fc.oneof(fc.integer().map(String), oddText),
    count: fc.oneof(fc.integer({ min: -5, max: 50 }).map(String), oddText),
    attributes: fc.array(name, { maxLength: 4 }).map(String),
    excludedAttributes: fc.array(name, { maxLength: 4 }).map(String),
    sortBy: name,
    sortOrder: fc.oneof(fc.constantFrom('ascending', 'descending'), oddText),
    cursor: oddText,
    filter,
  },
  { requiredKeys: [] },
)

/** Ids as they stand in an address, already encoded. */
export const id: fc.Arbitrary<string> = fc.oneof(
  fc.uuid(),
  oddText.filter((text) => text.isWellFormed()).map(encodeURIComponent),
  fc.constantFrom('%00', '%2e%2e', '%2F', '__proto__', 'null', '00000000-0000-0000-0000-000000000000', '.', '%25'),
)

/** Bodies of `/.search`: parameters as they stand in JSON, lists included, in the message or not. */
export const search: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: json },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        schemas: mostly(fc.constant(['urn:ietf:params:scim:api:messages:2.0:SearchRequest']), fc.constantFrom([], 'x')),
        filter: mostly(fc.oneof(sensibleTerm, filter), json),
        attributes: mostly(fc.array(name, { maxLength: 4 }), json),
        excludedAttributes: mostly(fc.array(name, { maxLength: 4 }), json),
        sortBy: mostly(fc.constantFrom('userName', 'displayName', 'id', 'meta.created'), fc.oneof(name, json)),
        sortOrder: mostly(fc.constantFrom('ascending', 'DESCENDING'), fc.constantFrom('x', 1, null)),
        startIndex: mostly(fc.integer({ min: -5, max: 50 }), json),
        count: mostly(fc.integer({ min: -5, max: 50 }), json),
        cursor: fc.oneof(oddText, json),
      },
      { requiredKeys: ['schemas'] },
    ),
  },
)

function mostly<T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd })
}

const bulkOperation = fc.record(
  {
    method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'post', 'GET', '', '__proto__'),
    path: fc.oneof(
      fc.constantFrom(
        '/Users',
        '/Groups',
        '/Users/bulkId:a',
        '/Groups/bulkId:b',
        '/Users/x',
        '/Bulk',
        '/.search',
        '//',
        '',
      ),
      json,
    ),
    bulkId: fc.oneof(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', ''), json),
    version: fc.oneof(fc.constantFrom('W/"1"', '*', 'x'), json),
    data: fc.oneof(
      resource,
      patch,
      fc.constantFrom('a', 'b', 'c').map((of) => ({
        schemas: [urns.group],
        displayName: `group ${of}`,
        members: [{ value: `bulkId:${of}` }, { value: 'bulkId:a' }],
      })),
    ),
  },
  { requiredKeys: ['method', 'path'] },
)

/** Bodies of `/Bulk`. */
export const bulk: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: json },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        schemas: fc.constant(['urn:ietf:params:scim:api:messages:2.0:BulkRequest']),
        failOnErrors: fc.oneof(fc.constantFrom(1, 2, 0, -1), json),
        Operations: fc.oneof(
          { weight: 6, arbitrary: fc.array(bulkOperation, { maxLength: 4 }) },
          { weight: 1, arbitrary: json },
        ),
      },
      { requiredKeys: ['schemas'] },
    ),
  },
)

const headerText = fc.oneof(
  fc.constantFrom('*', '*/*', '"', 'W/"1"', '"1", W/"2"', 'W/', ',', ';q=', 'application/json;q=0', '__proto__'),
  fc.string({ unit: 'grapheme-ascii', maxLength: 30 }).map((text) => text.trim()),
)

/** Headers that mean something here, with values that may not. */
export const headers: fc.Arbitrary<Record<string, string>> = fc.record(
  {
    accept: fc.oneof(fc.constantFrom('application/scim+json', 'application/json', 'text/html, */*;q=0.1'), headerText),
    'content-type': fc.oneof(
      fc.constantFrom(
        'application/json',
        'application/scim+json; charset=utf-8',
        'text/xml',
        'application/json; charset=utf-16',
      ),
      headerText.filter((text) => text !== ''),
    ),
    'if-match': headerText,
    'if-none-match': headerText,
    prefer: fc.oneof(fc.constantFrom('return=minimal', 'return=representation', 'respond-async, wait=x'), headerText),
    'user-agent': headerText,
    'content-encoding': fc.constantFrom('gzip', 'identity', 'x'),
    'x-request-id': headerText,
    'x-forwarded-proto': headerText,
    authorization: fc.oneof(fc.constantFrom('Bearer', 'Basic Og==', 'Bearer muster_scim_'), headerText),
  },
  { requiredKeys: [] },
)
