import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase } from '@muster/testkit'
import pg from 'pg'
import t, { type Test } from 'tap'
import { seedElse } from '../src/effort.ts'
import { parseTotals } from '../src/tap-totals.ts'

const projectRoot = new URL('../../../', import.meta.url).pathname
const runner = join(projectRoot, 'packages/testkit/src/run-tests.ts')

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

t.test('each test gets a migrated database of its own, which is gone afterwards', async (t) => {
  let url = ''
  await t.test('two at once', async (t) => {
    const [first, second] = await Promise.all([createTestDatabase(t), createTestDatabase(t)])
    url = first.superuserUrl
    t.not(first.databaseUrl, second.databaseUrl)
    t.match(await one(first.databaseUrl, 'SELECT current_user'), 'muster_app')
    t.equal(await one(first.migrationDatabaseUrl, 'SELECT current_user'), 'muster_owner')
    t.equal(await one(first.superuserUrl, `SELECT current_setting('is_superuser')`), 'on')
    t.equal(await one(first.databaseUrl, 'SELECT current_database()'), await one(url, 'SELECT current_database()'))
    t.ok(Number(await one(first.databaseUrl, 'SELECT count(*) FROM kysely_migration')) > 0)
    await one(first.migrationDatabaseUrl, 'CREATE TABLE mine AS SELECT 1')
    t.equal(await one(second.migrationDatabaseUrl, `SELECT to_regclass('mine')`), null)
  })
  await t.rejects(one(url, 'SELECT 1'), { code: '3D000' }, 'no such database any more')
})

t.test('the totals are those of the root test', async (t) => {
  t.same(parseTotals('    # { total: 1, pass: 1 }\n# { total: 3, pass: 2, fail: 1 }\n# time=1ms\n'), {
    passed: 2,
    failed: 1,
  })
  t.same(parseTotals('# {\n#   total: 12000,\n#   pass: 11000,\n#   fail: 900,\n#   skip: 100\n# }\n'), {
    passed: 11_000,
    failed: 900,
  })
  t.equal(parseTotals('TAP version 14\n'), undefined)
})

t.test('a seed is the usual one until MUSTER_SEED names another', async (t) => {
  const environment = { ...process.env }
  t.intercept(process, 'env', { value: environment })
  for (const [wanted, seed] of [
    ['', 5],
    ['-17', -17],
    ['0', 0],
  ] as const) {
    environment.MUSTER_SEED = wanted
    t.equal(seedElse(5), seed, `MUSTER_SEED=${wanted}`)
  }
  environment.MUSTER_SEED = 'today'
  t.throws(() => seedElse(5), { message: /MUSTER_SEED is a number.*not today/ })
})

interface Run {
  /** Resolves with the exit code and everything that was printed. */
  end: Promise<{ code: number | null; output: string }>
  temporary: string
  printed(text: string): Promise<void>
  signal(signal: NodeJS.Signals): void
  /** Stops reading what it prints. */
  leave(): void
}

/**
 * Runs the runner on one small test file, with a temporary folder of its own so that we can see what is left, and in a
 * project of its own: tap begins with emptying the notes of the run that we are part of.
 */
async function run(t: Test, body: string): Promise<Run> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-runner-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const project = join(folder, 'project')
  await mkdir(project)
  await copyFile(join(projectRoot, '.taprc'), join(project, '.taprc'))
  await writeFile(join(project, 'package.json'), '{ "type": "module" }')
  await symlink(join(projectRoot, 'node_modules'), join(project, 'node_modules'))
  const file = join(project, 'sample.test.ts')
  await writeFile(file, `import t from 'tap'\n${body}\n`)
  const temporary = join(folder, 'tmp')
  await mkdir(temporary, { mode: 0o711 })
  const child = spawn(process.execPath, [runner, file], {
    cwd: project,
    env: { PATH: process.env.PATH, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (text) => (output += text))
  child.stderr.on('data', (text) => (output += text))
  return {
    end: once(child, 'close').then(([code]) => ({ code, output })),
    temporary,
    async printed(text) {
      while (!output.includes(text)) await once(child.stdout, 'data')
    },
    signal: (signal) => child.kill(signal),
    leave: () => child.stdout.destroy(),
  }
}

t.test('the runner counts, passes on the exit code and leaves nothing behind', async (t) => {
  // That a run without failures ends with 0 is what every run of this file proves.
  const failing = await run(t, `t.ok(process.env.MUSTER_TEST_SUPERUSER_URL); t.fail('on purpose')`)
  const { code, output } = await failing.end
  t.not(code, 0)
  t.match(output, /Testing on Postgres \d+/)
  t.match(output, /\nFailed:\n +not ok 2 - on purpose\nnot ok 1 - .*sample\.test\.ts/, 'what failed stands at the end')
  t.match(output, /\n1 passed, 1 failed\n$/)
  t.same(await readdir(failing.temporary), [])
})

t.test('interrupted, it stops Postgres and removes its folder', async (t) => {
  const endless = `
    const timer = setInterval(() => t.comment('under way'), 50)
    await new Promise((resolve) => setTimeout(resolve, 60_000))
    clearInterval(timer)`
  const interruptions = [
    { interrupt: (run: Run) => run.signal('SIGTERM'), exitCode: 143 },
    { interrupt: (run: Run) => run.leave(), exitCode: 141 },
  ]
  // At the same time: each takes as long as test files may take to clean up.
  const runs = interruptions.map(async ({ interrupt, exitCode }) => {
    const interrupted = await run(t, endless)
    await interrupted.printed('under way')
    const before = await readdir(interrupted.temporary)
    t.ok(
      before.some((entry) => entry.startsWith('muster-test-')),
      'there is something to remove',
    )
    interrupt(interrupted)
    t.equal((await interrupted.end).code, exitCode)
    const after = await readdir(interrupted.temporary)
    t.same(
      after.filter((entry) => entry.startsWith('muster')),
      [],
    )
  })
  await Promise.all(runs)
})
