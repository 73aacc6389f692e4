import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { signMessage } from '@muster/events'
import t, { type Test } from 'tap'
import { listen } from '../src/commands/listen.ts'
import { trigger } from '../src/commands/trigger.ts'
import { readConfig } from '../src/config.ts'
import { makeSite, program, run, type Site, up } from './support/installation.ts'

interface Received {
  headers: Record<string, unknown>
  body: string
}

/** Takes webhooks, the first of them badly. */
async function startReceiver(t: Test): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    received.push({ headers: request.headers, body: await text(request) })
    response.writeHead(received.length === 1 ? 500 : 204).end()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`, received }
}

/** Follows until the test ends; answers with the lines that were printed, once there are so many. */
async function startListening(t: Test, { environment }: Site, ...options: string[]) {
  const child = spawn(process.execPath, [program, 'listen', ...options], { env: environment })
  let [printed, said] = ['', '']
  child.stdout.on('data', (text) => (printed += text))
  child.stderr.on('data', (text) => (said += text))
  const end = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGTERM')
    await end
  })
  while (!said.includes('signed with') && child.exitCode === null) await Promise.race([once(child.stderr, 'data'), end])
  return async (count: number) => {
    const lines = () => printed.trimEnd().split('\n')
    while (lines().length < count) await once(child.stdout, 'data')
    return lines()
  }
}

t.test('what is triggered is heard, signed, by whoever listens', async (t) => {
  const site = await makeSite(t)
  t.match(await run(site, 'trigger', 'user.created'), { code: 1, stderr: /Run "muster up" first/ })
  await up(t, site)
  const { url, received } = await startReceiver(t)
  const secret = (await run(site, 'listen', '--print-secret')).stdout.trim()
  t.match(secret, /^whsec_/)
  t.equal((await run(site, 'listen', '--print-secret')).stdout.trim(), secret, 'always the same one')
  const config = readConfig(site.environment)
  await t.rejects(listen(config, { forwardTo: 'nowhere' }), { message: /--forward-to/ })
  const types = 'directory.user.created,directory.user.deactivated'
  const lines = await startListening(t, site, '--forward-to', url, '--types', types)

  const made = await run(site, 'trigger', 'user.created', '--users', '0', '--email', 'jane@example.test')
  t.match(made, { code: 0, stderr: /made the test directory directory_/ })
  t.match(made.stdout, /^\d+ {2}directory\.user\.created {2}event_\w+\n\d+ {2}directory\.user\.synced {2}event_\w+\n$/)
  const again = await run(site, 'trigger', 'user.deactivated', '--data', '{"email":"JANE@example.test"}')
  t.match(again, { code: 0, stderr: '' }, 'in the same directory')
  t.match(await lines(2), [
    / {2}directory\.user\.created {2}500 {2}\d+ ms$/,
    / {2}directory\.user\.deactivated {2}204 /,
  ])
  for (const { headers, body } of received) {
    const event = JSON.parse(body)
    const timestamp = new Date(Number(headers['webhook-timestamp']) * 1_000)
    t.match(headers, signMessage({ id: event.id, timestamp, body }, [secret]))
    t.match(event, { type: /^directory\.user\./, data: { user: { email: 'jane@example.test' } } })
  }
  await t.rejects(trigger(config, 'user.exploded', {}), { message: /may be user\.created/ })
  await t.rejects(trigger(config, 'user.created', { data: '[]' }), { message: /--data is not a JSON object/ })
  await t.rejects(trigger(config, 'user.created', { users: 'many' }), { message: /--users is a whole number/ })
})
