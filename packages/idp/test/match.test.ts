import t from 'tap'
import { align } from '../src/align.ts'
import type { Json } from '../src/json.ts'
import { match } from '../src/match.ts'
import * as patterns from '../src/patterns.ts'
import { typeId } from '../src/type-id.ts'
import { createVariables, fill } from '../src/variables.ts'

const { absent, anyArray, anyInteger, anyString, contains, endsWith, exactly, not, unordered, unset } = patterns

t.test('patterns that match', async (t) => {
  const cases: [Json, Json | undefined][] = [
    [null, null],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2, d: 3 }] }, e: 4 }],
    [{ a: absent }, {}],
    [{ a: unset, b: unset }, { b: null }],
    [
      [anyString, anyInteger, anyArray],
      ['x', 3, []],
    ],
    [endsWith('/Users/1'), 'https://host/scim/v2/Users/1'],
    [{ version: not('1') }, { version: '2' }],
    [unordered([1, 2]), [2, 1]],
    [unordered([]), []],
    [contains([2]), [1, 2, 3]],
    [unordered([anyString, 'a']), ['a', 'b']],
    [exactly({ a: { from: unset, to: 'x' } }), { a: { to: 'x' } }],
    [{ $ref: null }, { $ref: null, value: 'x' }],
    [{ $ref: endsWith('1') }, { $ref: 'Users/1' }],
  ]
  for (const [pattern, actual] of cases) t.strictSame(match(pattern, actual, 'it'), [], JSON.stringify(pattern))
})

t.test('patterns that do not, each with a line that says where and why', async (t) => {
  const cases: [Json, Json | undefined, string[]][] = [
    [1, '1', ['it: expected 1, got "1"']],
    [{ a: { b: true } }, { a: { b: 'true' } }, ['it.a.b: expected true, got "true"']],
    [{ a: 1 }, undefined, ['it: expected {"a":1}, got nothing']],
    [{ a: null }, {}, ['it.a: expected null, got nothing']],
    [{ toString: anyString }, {}, ['it.toString: expected any string, got nothing']],
    [{ a: absent }, { a: null }, ['it.a: expected nothing, got null']],
    [{ a: unset }, { a: '' }, ['it.a: expected no value, got ""']],
    [anyString, '', ['it: expected any string, got ""']],
    [anyInteger, '1', ['it: expected any integer, got "1"']],
    [anyInteger, 1.5, ['it: expected any integer, got 1.5']],
    [anyArray, {}, ['it: expected any array, got {}']],
    [{ $any: 'thing' }, 1, ['it: expected any thing, got 1']],
    [endsWith('/1'), '/2', ['it: expected something ending in "/1", got "/2"']],
    [endsWith('/1'), undefined, ['it: expected something ending in "/1", got nothing']],
    [not('1'), '1', ['it: expected something other than "1", got "1"']],
    [not('1'), undefined, ['it: expected something other than "1", got nothing']],
    [[1], [1, 2], ['it: expected 1 elements, got 2: [1,2]']],
    [[{ a: 1 }], [{ a: 2 }], ['it[0].a: expected 1, got 2']],
    [[], {}, ['it: expected [], got {}']],
    [unordered([1, 1]), [1, 2], ['it: no element matches 1', 'it: unexpected element 2']],
    [unordered([1]), [1, 1], ['it: unexpected element 1']],
    [unordered([1]), undefined, ['it: expected [1], got nothing']],
    [contains([1, 4]), [1, 2], ['it: no element matches 4']],
    [exactly({ a: [{ b: 1 }] }), { a: [{ b: 1, c: 2 }] }, ['it.a[0].c: unexpected, got 2']],
    [{ $contain: [1] }, [1], ['it: $contain is not a known matcher']],
    [{ $unordered: 1 }, [1], ['it: this matcher needs a list of elements']],
  ]
  for (const [pattern, actual, lines] of cases) t.strictSame(match(pattern, actual, 'it'), lines, lines.join())
})

t.test('variables', async (t) => {
  const variables = createVariables({ scimBaseUrl: 'http://host' })
  variables.set('meta', { version: '1' })
  variables.set('userId', '01889c89-df6b-7f1c-a388-91396ec314bc')
  const template = {
    path: '{{scimBaseUrl}}/Users/{{userId}}',
    meta: '{{meta}}',
    ids: ['{{guid:a}}', '{{guid:a}}', '{{guid:b}}'],
    group: '{{userId|group}}',
    name: 'ann.{{run}}',
    count: 1,
    nothing: null,
  }
  const { value, missing } = fill(template, variables)
  t.strictSame(missing, [])
  t.match(value, {
    path: 'http://host/Users/01889c89-df6b-7f1c-a388-91396ec314bc',
    meta: { version: '1' },
    group: 'group_01h2e8kqvbfwea724h75qc655w',
    name: /^ann\.[0-9a-f]{12}$/,
    count: 1,
    nothing: null,
  })
  t.equal(value.ids[0], value.ids[1])
  t.not(value.ids[0], value.ids[2])
  t.strictSame(fill({ a: '{{nope}}', b: 'x {{gone}} {{meta|group}}' }, variables).missing, [
    '{{nope}}',
    '{{gone}}',
    '{{meta|group}}',
  ])
  variables.set('sly', '{{userId}}')
  t.equal(fill('{{sly}}!', variables).value, '{{userId}}!', 'a captured value is never a template')
  t.not(createVariables({}).get('run'), createVariables({}).get('run'))
  t.equal(typeId('user', 'no uuid'), undefined)
})

t.test('lists are laid beside each other with as few gaps as possible', async (t) => {
  t.strictSame(align(['a', 'b', 'c'], ['a', 'c']), [
    [0, 0],
    [1, undefined],
    [2, 1],
  ])
  t.strictSame(align(['a'], ['x', 'a', 'y']), [
    [undefined, 0],
    [0, 1],
    [undefined, 2],
  ])
  t.strictSame(align([], []), [])
})
