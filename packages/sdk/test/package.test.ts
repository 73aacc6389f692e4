import { execFile } from 'node:child_process'
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The machine's own Node, which may be as old as the SDK allows; the project's where there is no other. */
async function findMachineNode(): Promise<string> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'))
  for (const folder of folders) {
    const path = join(folder, 'node')
    if (await access(path).then(...yesOrNo)) return path
  }
  return process.execPath
}

const yesOrNo = [() => true, () => false] as const

/** Builds, packs and installs the SDK into an empty folder, without a network. */
async function installPacked(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-sdk-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const built = join(folder, 'dist')
  await run(process.execPath, [join(root, 'scripts/build-sdk.ts'), built])
  await run('npm', ['pack', '--pack-destination', folder], { cwd: built })
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz')) ?? ''
  await writeFile(join(folder, 'package.json'), '{ "type": "module", "private": true }')
  const flags = ['--offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...flags, `./${tarball}`], { cwd: folder })
  return folder
}

const script = `
import { createHmac } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { createClient, memoryCheckpoint, muster, on, reconcile, veto, $ } from '@muster/sdk'
import { expressHandler } from '@muster/sdk/express'
import { fastifyReceiver } from '@muster/sdk/fastify'
import { fileCheckpoint } from '@muster/sdk/node'

const key = Buffer.alloc(32, 1)
const client = muster({ url: 'http://127.0.0.1:1', key: 'k', secrets: ['whsec_' + key.toString('base64')] })
const greeted = []
on($.Directory.user.created, async ({ user }) => greeted.push(user.email))
const body = JSON.stringify({ id: 'event_1', type: 'directory.user.created', sequence: 1, organizationId: 'org_1',
  data: { user: { id: 'user_1', email: 'jane@acme.test' }, directory: null } })
const time = String(Math.floor(Date.now() / 1000))
const signature = createHmac('sha256', key).update('event_1.' + time + '.' + body).digest('base64')
const headers = { 'webhook-id': 'event_1', 'webhook-timestamp': time, 'webhook-signature': 'v1,' + signature }
const { status } = await client.handler()(new Request('http://app/', { method: 'POST', body, headers }))
const checkpoint = fileCheckpoint(mkdtempSync('checkpoint-') + '/at')
await checkpoint.save(7)
const kinds = [createClient, memoryCheckpoint, reconcile, veto, expressHandler, fastifyReceiver].map((each) => typeof each)
console.log(JSON.stringify({ node: process.versions.node, status, greeted, kinds, at: await checkpoint.load() }))
`

const program = `
import { $, type Happenings, muster, on, type User, veto } from '@muster/sdk'
import { expressHandler } from '@muster/sdk/express'
import { fileCheckpoint } from '@muster/sdk/node'

const client = muster({ url: 'https://muster.example', key: 'k' })
on($.Directory.user.created, async ({ user, directory }) => {
  const address: string | null = user.email
  const name: string = directory?.organization.name ?? ''
  await $.User.assign.Role({ userId: user.id, roleId: address ?? name })
})
on($.Directory.user.updated, ({ changes }) => changes.title?.to?.includes('Senior'))
on($.Directory.group.userAdded, ({ user, group }: Happenings['directory.group.user_added']) => [user.email, group.name])
on($.Directory.syncCompleted, ({ stats }) => stats.usersCreated + stats.duration)
on($.Directory.user.beforeCreate, ({ user }) => {
  user.preferences = { theme: 'dark' }
  return user.profile.department === null ? veto('no department') : user
})
// @ts-expect-error: there is no such event
on('directory.user.crated', () => undefined)
// @ts-expect-error: group events are not about changes
on($.Directory.group.created, ({ changes }) => changes)
const everybody = async () => {
  const all: User[] = []
  for await (const user of $.User.list({ state: 'active' })) all.push(user)
  return all
}
expressHandler(client.handler({ secrets: ['whsec_'] }))
client.consume({ checkpoint: fileCheckpoint('at'), live: 'stream' })
export { everybody }
`

t.test('the published SDK installs without a network, and runs on the Node of the machine', async (t) => {
  const folder = await installPacked(t)
  await writeFile(join(folder, 'app.js'), script)
  const node = await findMachineNode()
  const { stdout } = await run(node, ['app.js'], { cwd: folder, env: { PATH: process.env.PATH } })
  const said = JSON.parse(stdout)
  t.comment(`Node ${said.node}`)
  t.match(said, { status: 204, greeted: ['jane@acme.test'], kinds: Array(6).fill('function'), at: 7 })
  const installed = JSON.parse(await readFile(join(folder, 'node_modules/@muster/sdk/package.json'), 'utf8'))
  t.notOk(installed.dependencies ?? installed.devDependencies ?? installed.private)
  const files = await readdir(join(folder, 'node_modules/@muster/sdk'), { recursive: true })
  t.ok(['LICENSE', 'README.md'].every((name) => files.includes(name)))
  for (const file of files.filter((name) => name.endsWith('.js') && !/^(adapters|node\.js)/.test(name))) {
    const text = await readFile(join(folder, 'node_modules/@muster/sdk', file), 'utf8')
    t.notMatch(text, /from ['"]node:/, `${file} runs where there is no Node`)
  }

  await t.test('and its types hold for a strict program', async (t) => {
    await writeFile(join(folder, 'app.ts'), program)
    const options = {
      ...{ target: 'es2022', lib: ['es2023'], module: 'nodenext', noEmit: true, strict: true },
      ...{ exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false },
      ...{ types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files: ['app.ts'] }))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const outcome = await run(process.execPath, [compiler, '-p', folder]).catch((error: { stdout: string }) => error)
    t.equal(outcome.stdout, '')
  })
})
