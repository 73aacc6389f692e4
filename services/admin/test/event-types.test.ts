import { eventCatalogue } from '@muster/events'
import t from 'tap'
import { addOrganization, rowsOf, startInstallation } from './support/installation.ts'

t.test('the event catalogue, with a schema for each type', async (t) => {
  const installation = await startInstallation(t)
  const acme = await addOrganization(installation, 'Acme')
  const answer = await installation.call(acme.viewer, 'GET', '/api/event-types')
  const types = rowsOf(answer)
  t.equal(answer.body.nextCursor, null)
  t.strictSame(
    types.map(({ type }) => type),
    Object.keys(eventCatalogue),
  )
  const named = (name: string) => types.find(({ type }) => type === name)
  t.match(named('directory.user.updated'), {
    when: /changed/,
    alarm: false,
    dataSchema: {
      anyOf: [
        {
          type: 'object',
          additionalProperties: false,
          required: ['user', 'directory', 'changes'],
          properties: { directory: { type: ['object', 'null'] }, changes: { properties: { department: {} } } },
        },
        { properties: { erased: { const: true } } },
      ],
    },
  })
  t.match(named('directory.sync_failed'), { alarm: true, dataSchema: { required: ['directory', 'error'] } })
  t.notMatch(answer.text, /"~/, 'nothing of the library that made the schemas')
  t.equal((await installation.call(acme.viewer, 'GET', '/api/event-types?unknown=1')).status, 400)
})
