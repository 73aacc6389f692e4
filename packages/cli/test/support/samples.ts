import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Client, memoryCheckpoint, muster } from '@muster/sdk'
import { expressHandler } from '@muster/sdk/express'
import type { Test } from 'tap'

/** What the samples take for granted of an application, and what it answers where the answer is used. */
const applicationFunctions: Record<string, unknown> = {
  ...{ assignDefaultDashboard: null, sendWelcomeEmail: null, createDefaultProject: null, assignStarterResources: null },
  ...{ sendOnboardingEmail: null, updateTeamAccess: null, grantAdvancedPermissions: null, archiveUserData: null },
  ...{ transferProjectOwnership: null, notifyTeamMembers: null, updateAccessBasedOnGroupMembership: null },
  ...{ inferGroupType: 'department', findUserByEmail: 'user_of_a_manager', findProjectSuccessor: { id: 'successor' } },
  createDefaultResources: null,
}

/** The same, as members of `$`. */
const applicationMembers: Record<string, unknown> = {
  ...{ 'Team.create': null, 'Project.list': [{ id: 'project_1' }], 'Project.update': null, 'Data.archive': null },
  ...{ 'Notification.send': null, 'Email.send': null, 'Workflow.start': null, 'Dashboard.create': null },
  'Alert.send': null,
}

export const applicationNames = [...Object.keys(applicationFunctions), ...Object.keys(applicationMembers)]

export interface Call {
  name: string
  args: unknown[]
}

export interface Samples {
  client: Client
  /** What the samples called of the application, `console.log` included. */
  calls: Call[]
  /** Runs the sample under a heading. */
  run(heading: string): Promise<void>
}

/** Reads the samples and sets the SDK up for them: events by cursor, and a hook that is asked. */
export async function prepareSamples(t: Test, connection: Record<string, string>): Promise<Samples> {
  const { adminUrl: url, operatorKey: key, organizationId } = connection
  const client = muster({ url, key, organizationId })
  const calls: Call[] = []
  const record = (name: string, answer: unknown) => async (args: unknown[]) => {
    calls.push({ name, args })
    return answer
  }
  const given = namesFor(client, record, String(organizationId))
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor
  const blocks = await readBlocks()
  await listen(t, client)
  return {
    client,
    calls,
    run: async (heading) => {
      const code = blocks.get(heading)
      if (code === undefined) throw new Error(`There is no sample ${heading}`)
      await new AsyncFunction(...Object.keys(given), code)(...Object.values(given))
    },
  }
}

export async function readBlocks(): Promise<Map<string, string>> {
  const text = await readFile(new URL('../samples/provisioning.md', import.meta.url), 'utf8')
  return new Map(
    [...text.matchAll(/^## (.+)\n\n```js\n([\s\S]*?)```/gm)].map(([, heading = '', code = '']) => [heading, code]),
  )
}

type Recording = (name: string, answer: unknown) => (args: unknown[]) => unknown

function namesFor({ on, $ }: Client, record: Recording, orgId: string): Record<string, unknown> {
  const recorders = (answers: Record<string, unknown>) =>
    Object.entries(answers).map(([name, answer]) => {
      const called = record(name, answer)
      return [name, (...args: unknown[]) => called(args)] as const
    })
  const extended: Record<string, unknown> = { ...$ }
  for (const [name, recorder] of recorders(applicationMembers)) {
    const [object = '', member = ''] = name.split('.')
    extended[object] = { ...Object(extended[object]), [member]: recorder }
  }
  const { log } = Object.fromEntries(recorders({ log: null }))
  const surroundings = { console: { log }, process: { env: { NODE_ENV: 'development' } }, orgId }
  return { on, $: extended, ...surroundings, ...Object.fromEntries(recorders(applicationFunctions)) }
}

/** Hooks come in by a server; events by the cursor, from now on. */
async function listen(t: Test, client: Client): Promise<void> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const { id, secret } = await client.$.Hook.create({ kind: 'before_create', url, policy: 'hold' })
  const handle = expressHandler(client.handler({ secrets: [secret] }))
  server.on('request', (request, response) => handle(request, response, () => response.destroy()))
  const checkpoint = memoryCheckpoint()
  const consumer = client.consume({ checkpoint, start: 'now', live: 'stream' })
  t.teardown(async () => {
    await consumer.stop()
    await client.$.Hook.delete(id)
    server.close()
  })
  while ((await checkpoint.load()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20))
}
