import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { applyMapping, compileMapping, documentPaths, parseMapping } from '../src/index.ts'

const urn = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

t.test('the paths of a document are the expressions that find its texts', async (t) => {
  const document = {
    userName: 'ann',
    active: true,
    name: { givenName: ' ', familyName: 'Doe' },
    emails: [{ value: 'ann@acme.test', type: 'work' }, { value: 'ann@home.test' }],
    'odd name': 1,
    'unwrit`able': 1,
    [urn]: { department: 'Sales' },
    tags: ['a', 'b'],
    nothing: null,
  }
  t.strictSame(
    [...documentPaths(document)].sort(),
    [
      '`odd name`',
      'active',
      'emails.type',
      'emails.value',
      'emails[type eq "work"].type',
      'emails[type eq "work"].value',
      'name.familyName',
      'tags',
      `${urn}:department`,
      'userName',
    ].sort(),
  )
  t.strictSame(documentPaths('text'), new Set(), 'what is no object has none')
})

t.test('every path finds something, whatever the document', async (t) => {
  const property = fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (document) => {
    for (const expression of documentPaths(document)) {
      const mapping = compileMapping('SCIM', parseMapping({ 'customAttributes.it': expression }))
      const found = applyMapping(mapping, document)['customAttributes.it']
      if (found === undefined) throw new Error(`${expression} finds nothing`)
    }
  })
  const details = await fc.check(property, { seed, numRuns: 500 })
  t.same(details.failed ? fc.defaultReportMessage(details) : undefined, undefined, `seed ${seed}`)
})
