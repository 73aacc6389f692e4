import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { processIdentity } from '../src/process-identity.ts'
import {
  assertNothingLeft,
  findService,
  makeSite,
  program,
  readConnection,
  readPostmaster,
  type Site,
  up,
} from './support/installation.ts'

t.test(
  'killed without warning, it starts again on the same data; when a part of it fails, all of it ends',
  async (t) => {
    const site = await makeSite(t)
    const squatter = createServer().listen(site.ports[1], '127.0.0.1')
    await once(squatter, 'listening')
    const blocked = await up(t, site)
    t.match(await blocked.end, { code: 1, said: `port ${site.ports[1]} (ADMIN_PORT) already in use` })
    squatter.close()

    const killed = await up(t, site)
    const connection = await readConnection(site)
    const orphan = await readPostmaster(site)
    killed.child.kill('SIGKILL')
    await killed.end
    t.ok(await processIdentity(orphan), 'Postgres outlives it')

    const adopting = await up(t, site)
    t.same(await readConnection(site), connection)
    t.equal(await readPostmaster(site), orphan, 'and is adopted')
    adopting.child.kill('SIGKILL')
    await adopting.end
    process.kill(orphan, 'SIGKILL')

    const recovering = await up(t, site)
    t.same(await readConnection(site), connection)
    const users = await fetch(`${connection.scimBaseUrl}/Users`, {
      headers: { authorization: `Bearer ${connection.scimToken}` },
    })
    t.equal(users.status, 200)
    const postmaster = await readPostmaster(site)
    process.kill(await findService(recovering, 'scim'), 'SIGKILL')
    t.match(await recovering.end, { code: 1, said: /scim service ended unexpectedly \(signal SIGKILL\)/ })
    await assertNothingLeft(t, site, postmaster)

    const stubborn = await up(t, site)
    const stubbornPostmaster = await readPostmaster(site)
    process.kill(await findService(stubborn, 'admin'), 'SIGSTOP')
    stubborn.child.kill('SIGINT')
    await sleep(500)
    stubborn.child.kill('SIGINT')
    t.match(await stubborn.end, { code: 130 }, 'the second signal waits for nobody')
    while (await processIdentity(stubbornPostmaster)) await sleep(50)
    await assertNothingLeft(t, site, stubbornPostmaster)

    const starting = spawn(process.execPath, [program, 'up'], { env: site.environment, stdio: 'ignore' })
    const startedPostmaster = await anotherPostmaster(site, stubbornPostmaster)
    starting.kill('SIGINT')
    const [code] = await once(starting, 'exit')
    t.equal(code, 0, 'interrupting the start is no failure')
    await assertNothingLeft(t, site, startedPostmaster)
  },
)

/** Waits until Postgres is being started, which is long before all that is behind it is. */
async function anotherPostmaster(site: Site, before: number): Promise<number> {
  for (;;) {
    const pid = await readPostmaster(site).catch(() => before)
    if (pid !== before && !Number.isNaN(pid)) return pid
    await sleep(5)
  }
}
