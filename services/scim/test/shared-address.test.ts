import t from 'tap'
import { startDirectory } from './support/installation.ts'

t.test('#50 #59 nobody is left out of a look-up because others have the address twice', async (t) => {
  const { client } = await startDirectory(t)
  const value = 'office@acme.test'
  const emails = ['work', 'home'].map((type) => ({ value, type }))
  const ids: string[] = []
  for (let n = 0; n < 10; n++) {
    ids.push(await client.addUser(`user ${n}`, { emails }))
    const { body } = await client.find('/Users', `emails.value eq "${value}"`)
    t.same([body.totalResults, body.Resources?.map(({ id }) => id)], [n + 1, ids])
  }
  const few = await client.find('/Users', `emails.value eq "${value}"`, '&count=3')
  t.same([few.body.totalResults, few.body.Resources?.map(({ id }) => id)], [10, ids.slice(0, 3)])
})
