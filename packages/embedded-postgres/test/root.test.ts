import { execFile } from 'node:child_process'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { startPostgres } from '@muster/embedded-postgres'
import pg from 'pg'
import t, { type Test } from 'tap'
import { pickAccount } from '../src/account.ts'
import { findLaunch } from '../src/launch.ts'

const log = { info: () => {}, warn: () => {} }
const isRoot = userInfo().uid === 0
const nobody = { name: 'nobody', uid: 65534, gid: 65534 }

/** A folder that only its owner may enter, like every `mktemp -d`. */
async function privateFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-root-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function one(url: string, statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query({ text: statement, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

t.test('root hands Postgres to the owner of the cluster, postgres, nobody or whoever there is', async (t) => {
  const passwd = (...names: string[]) =>
    ['root:x:0:0::/:/bin/sh', ...names.map((name, i) => `${name}:x:${100 + i}:${200 + i}::/:/bin/sh`), ''].join('\n')
  t.match(pickAccount(passwd('daemon', 'nobody', 'postgres'), undefined), { name: 'postgres', uid: 102, gid: 202 })
  t.match(pickAccount(passwd('daemon', 'nobody'), undefined), { name: 'nobody', uid: 101 })
  t.match(pickAccount(passwd('daemon'), undefined), { name: 'daemon', uid: 100 })
  t.match(pickAccount(passwd('daemon', 'postgres'), { uid: 100, gid: 200 }), { name: 'daemon' })
  t.match(pickAccount(passwd('postgres'), { uid: 5000, gid: 6000 }), { uid: 5000, gid: 6000 })
  t.match(pickAccount(passwd('postgres'), { uid: 0, gid: 0 }), { name: 'postgres' }, 'a copy made by root')
  t.throws(() => pickAccount(passwd(), undefined), { code: 'unavailable', detail: /no other user/ })
})

t.test('binaries, data and library links below private folders of root', { skip: !isRoot }, async (t) => {
  const folder = await privateFolder(t)
  const requireFromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  const entry = requireFromWrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
  const native = join(folder, 'native')
  const links = (
    JSON.parse(await readFile(join(dirname(entry), '../native/pg-symlinks.json'), 'utf8')) as { target: string }[]
  ).map(({ target }) => join(folder, target))
  await cp(join(dirname(entry), '../native'), native, { recursive: true, verbatimSymlinks: true })
  await Promise.all(links.map((link) => rm(link)))
  const binDir = join(native, 'bin')
  await t.rejects(promisify(execFile)(join(binDir, 'initdb'), ['--version']), { message: /shared libraries/ })

  const dataDir = join(folder, 'data')
  const postgres = await startPostgres({ dataDir, binDir, log })
  t.teardown(() => postgres.stop())
  t.equal(await one(postgres.superuserUrl, 'SELECT 1'), 1)
  const pid = (await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n')[0]
  t.match(await readFile(`/proc/${pid}/status`, 'utf8'), /^Uid:\t[1-9]/m, 'not as root')
  t.equal((await stat(dataDir)).uid, 0, 'only the cluster changes hands')
  t.not((await stat(join(dataDir, 'cluster'))).uid, 0)
  await one(postgres.superuserUrl, 'CREATE TABLE kept AS SELECT 1 AS answer')
  await postgres.stop()

  const copy = join(folder, 'copy')
  await cp(dataDir, copy, { recursive: true })
  await chmod(join(copy, 'cluster'), 0o755)
  const again = await startPostgres({ dataDir: copy, log })
  t.teardown(() => again.stop())
  t.equal(await one(again.superuserUrl, 'SELECT answer FROM kept'), 1, 'a copy that belongs to root is handed over')
  await again.stop()
})

t.test('who cannot pass is told where and what to do', { skip: !isRoot }, async (t) => {
  const folder = await privateFolder(t)
  const open = join(folder, 'open')
  await mkdir(open, { mode: 0o755 })
  const missing = { account: nobody, folder: join(open, 'missing'), postgres: '/bin/true' }
  await t.rejects(findLaunch(missing), { code: 'unavailable', detail: `chmod o+x ${folder}` })
  await t.rejects(findLaunch({ account: nobody, folder: '/', postgres: '/bin/false' }), {
    code: 'unavailable',
    detail: /cannot be started as nobody/,
  })
  await chmod(folder, 0o711)
  const { file } = (await findLaunch({ account: nobody, folder: open, postgres: '/bin/true' }))('/bin/true', [])
  t.equal(file, '/bin/true', 'no capability is kept where none is needed')
})

t.test('an ordinary user runs a cluster of their own and nobody else’s', { skip: !isRoot }, async (t) => {
  const folder = await privateFolder(t)
  await chmod(folder, 0o777)
  const start = async (dataDir: string): Promise<string> => {
    const script = `
      import { startPostgres } from '@muster/embedded-postgres'
      try {
        const postgres = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: { info() {}, warn() {} } })
        await postgres.stop()
        process.stdout.write('started')
      } catch (error) {
        process.stdout.write(error.detail)
      }
    `
    const identity = { uid: nobody.uid, gid: nobody.gid, cwd: import.meta.dirname }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module-typescript', '-e', script],
      identity,
    )
    return stdout
  }
  t.equal(await start(join(folder, 'own')), 'started')
  t.equal((await stat(join(folder, 'own', 'cluster'))).uid, nobody.uid)
  await mkdir(join(folder, 'foreign'), { mode: 0o777 })
  await chmod(join(folder, 'foreign'), 0o777)
  await mkdir(join(folder, 'foreign', 'cluster'))
  t.match(await start(join(folder, 'foreign')), /belongs to user 0, not to user 65534/)
})
