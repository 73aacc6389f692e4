import { startFakeHttp } from '@muster/testkit/fake-http'
import t, { type Test } from 'tap'
import { samplePopulation } from '../src/conformance/index.ts'
import { oktaNotifications } from '../src/okta/notifications.ts'
import { positions } from '../src/okta/position.ts'
import { hear, hearDelta } from './support/hear.ts'
import { openOkta } from './support/open-okta.ts'

const hour = 3_600_000

/** An organization in which nothing has happened for a day, and where its next delta begins: an hour ago. */
async function openYesterday(t: Test) {
  const opened = await openOkta(t)
  const { fake, open } = opened
  fake.directory.populate(samplePopulation(13))
  const yesterday = new Date(Date.now() - 24 * hour)
  const records = [...fake.directory.users.values(), ...fake.directory.groups.values()]
  for (const record of records) Object.assign(record, { updatedAt: yesterday, membersUpdatedAt: yesterday })
  for (const change of fake.directory.changes) Object.assign(change, { at: yesterday })
  const at = (milliseconds: number) => {
    return positions.write({ next: new Date(Date.now() - milliseconds).toISOString() }, fake.config)
  }
  return { ...opened, connector: await open(), since: at(hour), at }
}

t.test('a delta reads what has changed and nothing else, and comes to an end', async (t) => {
  const { fake, connector, since } = await openYesterday(t)
  const quiet = await hearDelta(connector, since)
  t.match(quiet, { users: [], groups: [], edges: [], removed: [], complete: 'changes' })
  t.equal(fake.asked.length, 3, 'the System Log always names a next page')
  const { directory } = fake
  directory.updateUser(directory.idOf('u-00001'), { displayName: 'New Name' })
  fake.setStatus(directory.idOf('u-00002'), 'DEPROVISIONED')
  directory.join(directory.idOf('g-team'), directory.idOf('u-00009'))
  const [goneUser, goneGroup] = [directory.idOf('u-00005'), directory.idOf('g-department')]
  directory.removeUser(goneUser)
  directory.removeGroup(goneGroup)
  const { users, groups, edges, removed, checkpoint } = await hearDelta(connector, since)
  t.strictSame(
    users.map((user) => user.displayName),
    ['New Name'],
  )
  t.strictSame(groups.map((group) => group.name).sort(), ['All of acme.test', 'Team'])
  const ofTeam = edges.filter(({ groupId }) => groupId === directory.idOf('g-team'))
  t.equal(ofTeam.length, 3, 'whole, without whom is deactivated')
  t.strictSame(
    removed.map((key) => (key.kind === 'membership' ? '' : `${key.kind} ${key.id}`)),
    [`user ${directory.idOf('u-00002')}`, `user ${goneUser}`, `group ${goneGroup}`],
    'deactivated is missing; and what the log says is gone',
  )
  t.equal(
    (await hearDelta(connector, checkpoint)).users.length,
    1,
    'the next one looks back behind the beginning of this',
  )
})

t.test('a delta needs the System Log as far as it looks back', async (t) => {
  const { fake, connector, since, at } = await openYesterday(t)
  await t.rejects(hearDelta(connector, at(91 * 24 * hour)), { code: 'checkpointExpired', message: /forgotten/ })
  fake.deny('logs')
  await t.rejects(hearDelta(connector, since), { code: 'checkpointExpired', message: /System Log/ })
  const { checkpoint } = await hear(connector.snapshot())
  await t.rejects(
    hearDelta(connector, checkpoint),
    { code: 'checkpointExpired' },
    'and a snapshot without it promises none',
  )
})

t.test('a place that Okta has forgotten begins its list again', async (t) => {
  const { fake, open } = await openYesterday(t)
  const config = { pageSize: 5 }
  const whole = await hear((await open(config)).snapshot())
  for (const [index, { checkpoint }] of whole.pages.slice(0, -1).entries()) {
    fake.forgetCursors()
    const behind = await hear((await open(config)).snapshot(checkpoint))
    const known = new Set(
      [...whole.pages.slice(0, index + 1).flatMap(({ upsert }) => upsert), ...behind.users].flatMap((one) =>
        one.kind === 'user' ? one.id : [],
      ),
    )
    t.equal(known.size, 13, `behind page ${index + 1}`)
    t.equal(behind.complete, 'all')
  }
  const checkpoints = whole.pages.map(({ checkpoint }) => checkpoint)
  t.equal(new Set(checkpoints).size, checkpoints.length, 'no two pages stand at the same place')
})

t.test('event hooks: what is genuine, what is confirmed, and what is refused', async (t) => {
  const secret = 'secret-of-the-channel-of-43-characters-00000'
  const channel = { isSecret: (text: string) => text === secret, subscriptionIds: [] }
  const verdicts: string[] = []
  const { fake } = await openOkta(t)
  const endpoint = await startFakeHttp({
    isPlace: () => false,
    answer: (request) => {
      const { means, answer } = oktaNotifications.receive(request, channel)
      verdicts.push(means)
      return { status: 401, ...answer, ...(answer && { headers: { 'content-type': answer.contentType } }) }
    },
  })
  t.teardown(endpoint.close)
  t.notOk(await fake.registerHook({ address: endpoint.origin, secret: 'wrong' }))
  t.ok(await fake.registerHook({ address: endpoint.origin, secret }))
  fake.directory.populate(samplePopulation(2))
  const deadline = Date.now() + 15_000
  while (verdicts.length < 3 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 5))
  t.strictSame(verdicts, ['refused', 'confirmed', 'changed'])

  const hook = { eventType: 'com.okta.event_hook', data: { events: [{}] } }
  const request = {
    method: 'POST',
    headers: { authorization: secret } as Record<string, string>,
    query: new URLSearchParams(),
    body: JSON.stringify(hook),
  }
  t.match(oktaNotifications.receive(request, channel), { means: 'changed', answer: { status: 200, body: '' } })
  const refused: Partial<typeof request>[] = [
    { headers: {} },
    { headers: { authorization: `${secret} ` } },
    { body: '' },
    { body: 'null' },
    { body: JSON.stringify({ ...hook, eventType: 'another' }) },
    { body: JSON.stringify({ ...hook, data: { events: [] } }) },
    { method: 'PUT' },
    { method: 'GET' },
    { method: 'GET', headers: { authorization: secret, 'x-okta-verification-challenge': 'x'.repeat(2_000) } },
    { method: 'GET', headers: { 'x-okta-verification-challenge': 'x' } },
  ]
  for (const more of refused) {
    t.strictSame(
      oktaNotifications.receive({ ...request, ...more }, channel),
      { means: 'refused' },
      JSON.stringify(more),
    )
  }
})
