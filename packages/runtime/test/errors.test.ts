import { errorTable, MusterError } from '@muster/runtime/errors'
import t from 'tap'

t.test('an error carries the status of its code', async (t) => {
  for (const [code, { status }] of Object.entries(errorTable)) {
    t.equal(new MusterError(code as keyof typeof errorTable, 'x').status, status, code)
  }
})
