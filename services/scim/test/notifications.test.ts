import type { ConnectorDefinition, NotificationSupport } from '@muster/connectors'
import {
  createDirectory,
  enableChannel,
  findChannel,
  hashChannelSecret,
  newChannelSecret,
  read,
  setDirectoryPaused,
  transact,
} from '@muster/repository'
import { encodeUuid, newUuid } from '@muster/runtime/type-ids'
import pg from 'pg'
import t, { type Test } from 'tap'
import { type Installation, startInstallation } from './support/installation.ts'

const cause = { kind: 'system', id: 'test' } as const

/** A source that shows its secret in a header, and says in its body what it means. */
const support: NotificationSupport<object> = {
  receive({ method, headers, query, body }, channel) {
    const token = query.get('validationToken')
    if (token !== null) {
      return { means: 'confirmed', answer: { status: 200, contentType: 'text/plain', body: token } }
    }
    if (method !== 'POST' || !channel.isSecret(headers['x-secret'] ?? '')) return { means: 'refused' }
    return { means: JSON.parse(body).means }
  },
}

/** Nothing of it is looked at but its notifications. */
const definition = { type: 'OKTA', notifications: support } as unknown as ConnectorDefinition

async function startChannel(t: Test, shared?: Installation) {
  const options = { connectors: { OKTA: definition }, requestLog: { rowsMax: 100 } }
  const installation = shared ?? (await startInstallation(t, options))
  const { database, origin, testDatabase } = installation
  const scope = await installation.addOrganization('Acme')
  const secret = newChannelSecret()
  const directoryId = await transact(database, scope, cause, async (tx) => {
    const created = await createDirectory(tx, { name: 'Okta', type: 'OKTA', scimProfile: 'strict' })
    await enableChannel(tx, created.directoryId, { kind: 'manual', secretHash: hashChannelSecret(secret) })
    return created.directoryId
  })
  const view = () => read(database, scope, (reader) => findChannel(reader, directoryId))
  const address = `${origin}/notifications/${encodeUuid((await view())?.channelId ?? '')}`
  const superuser = new pg.Client({ connectionString: testDatabase.superuserUrl })
  await superuser.connect()
  t.teardown(() => superuser.end())
  return {
    ...{ installation, scope, directoryId, secret, view, address },
    post: (body: string, headers: Record<string, string> = { 'x-secret': secret }, url = address) =>
      fetch(url, { method: 'POST', body, headers }),
    isPoked: async (): Promise<boolean> => {
      const { rows } = await superuser.query(
        'SELECT poked_at IS NOT NULL AS is_poked FROM directory_syncs WHERE directory_id = $1',
        [directoryId],
      )
      return rows[0].is_poked
    },
  }
}

const changed = JSON.stringify({ means: 'changed', person: 'jane@acme.test' })

t.test('what shows the secret is taken, and has the directory read; what does not is refused', async (t) => {
  const { installation, secret, post, address, isPoked, view } = await startChannel(t)
  t.match(await view(), { state: 'pending', lastReceivedAt: null, lastRefusedAt: null })
  for (const shown of ['', 'x', newChannelSecret(), `${secret}x`, secret.toUpperCase()]) {
    const forged = await post(changed, { 'x-secret': shown })
    t.equal(forged.status, 401)
    t.match(forged.headers.get('content-type'), /^application\/problem\+json/)
    t.match(await forged.json(), { code: 'unauthenticated', status: 401 })
  }
  t.equal((await fetch(address, { headers: { 'x-secret': secret } })).status, 401, 'as the connector says')
  t.equal(await isPoked(), false)
  t.match(await view(), { state: 'pending', lastReceivedAt: null, lastRefusedAt: Date })

  const taken = await post(changed, { 'x-secret': secret, 'content-type': 'application/x-unheard-of' })
  t.equal(taken.status, 202)
  t.equal(await taken.text(), '')
  t.equal(await isPoked(), true)
  t.match(await view(), { state: 'active', lastReceivedAt: Date })
  const broken = await post('{ "person": "jane@acme.test', { 'x-secret': secret })
  t.equal(broken.status, 401, 'what cannot be judged is not believed')

  const token = 'Validation: <token> of Jane'
  const handshake = await post('', {}, `${address}?validationToken=${encodeURIComponent(token)}`)
  t.equal(handshake.status, 200)
  t.match(handshake.headers.get('content-type'), /^text\/plain/)
  t.equal(handshake.headers.get('x-content-type-options'), 'nosniff')
  t.equal(await handshake.text(), token)

  t.equal((await post('x'.repeat(262_145))).status, 413)
  t.equal((await post(JSON.stringify({ means: 'changed', padding: 'x'.repeat(250_000) }))).status, 202)
  const logged = installation.logLines.join('')
  t.match(logged, /\/notifications\//)
  t.notMatch(logged, /Validation|jane@acme|x-secret/i, 'nothing of it stands in the log')
  t.notOk(logged.includes(secret))
})

t.test('an address that is nobody`s says nothing; a paused directory is told in vain', async (t) => {
  const { installation, scope, directoryId, post, isPoked } = await startChannel(t)
  const texts = new Set<string>()
  for (const key of [encodeUuid(newUuid()), encodeUuid(directoryId), newUuid(), 'no%00key', 'x'.repeat(200)]) {
    const answer = await post(changed, undefined, `${installation.origin}/notifications/${key}`)
    t.equal(answer.status, 404, key)
    texts.add(await answer.text())
  }
  t.equal(texts.size, 1)
  await transact(installation.database, scope, cause, (tx) => setDirectoryPaused(tx, directoryId, true))
  t.equal((await post(changed)).status, 202)
  t.equal(await isPoked(), false)
})

t.test('who fails again and again is not listened to for a while; another channel is', async (t) => {
  const { post, address, installation } = await startChannel(t)
  const forge = () => post(changed, { 'x-secret': newChannelSecret() })
  const forged = await Promise.all(Array.from({ length: 110 }, forge))
  t.ok(forged.filter(({ status }) => status === 401).length >= 100)
  t.equal((await post(changed)).status, 429, 'whoever calls from there is not listened to at this channel')
  const other = await startChannel(t, installation)
  t.equal((await other.post(changed)).status, 202)
  const nobody = address.replace(/[^/]+$/, encodeUuid(newUuid()))
  const answers = await Promise.all(Array.from({ length: 110 }, () => post(changed, undefined, nobody)))
  t.ok(answers.filter(({ status }) => status === 404).length >= 100)
  const late = await post(changed, undefined, nobody)
  t.equal(late.status, 429)
  t.equal(late.headers.get('retry-after'), '60')
  t.equal((await other.post(changed)).status, 202, 'sources call for all their customers from the same addresses')
})
