import { play, renderReport, type Target, type Transcript, transcripts } from '@muster/idp'
import t, { type Test } from 'tap'
import { makeSite, readConnection, switchGuardOff, up } from './support/installation.ts'

/** A running installation: its first directory, and directories made for one transcript each. */
async function startProduct(t: Test) {
  const site = await makeSite(t)
  const running = await up(t, site)
  const { scimBaseUrl, scimToken, adminUrl, operatorKey, organizationId, directoryId } = await readConnection(site)

  async function manage(method: string, path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${adminUrl}${path}?organizationId=${organizationId}`, {
      method,
      headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return Object(await response.json())
  }

  function target(directory: {
    baseUrl: unknown
    token: unknown
    id: unknown
  }): Target & Required<Pick<Target, 'events'>> {
    const management = { adminUrl: String(adminUrl), key: String(operatorKey), organizationId: String(organizationId) }
    const events = { ...management, directoryId: String(directory.id) }
    return { scimBaseUrl: String(directory.baseUrl), token: String(directory.token), events }
  }

  await switchGuardOff({ adminUrl, organizationId, operatorKey })
  return {
    running,
    first: target({ baseUrl: scimBaseUrl, token: scimToken, id: directoryId }),
    /** A new directory of the strict profile with these deviations only; in force from its first request on. */
    directoryWith: async (flags: readonly string[]) => {
      const {
        id,
        token,
        scimBaseUrl: baseUrl,
      } = await manage('POST', '/api/directory', {
        name: flags.join(' ') || 'strict',
        type: 'SCIM',
        scimProfile: 'strict',
      })
      const scimFlags = Object.fromEntries(flags.map((flag) => [flag, true]))
      await manage('PATCH', `/api/directory/${id}`, { scimFlags })
      return target({ baseUrl, token, id })
    },
  }
}

t.test('what identity providers send, on the running product', async (t) => {
  const { running, first, directoryWith } = await startProduct(t)

  await t.test(
    '#3 #16 #17 #20 #24 #48 #63 #64 #83 #88 #90 #91 #94 #95 #96 one after another, on one directory',
    async (t) => {
      const providers = new Set(transcripts.map(({ idp }) => idp))
      t.equal(providers.size, 8, 'every provider has transcripts')
      for (const transcript of transcripts) await assertPasses(t, transcript, first)
    },
  )

  await t.test('each with the compatibility flags it names and no others', async (t) => {
    for (const transcript of transcripts) await assertPasses(t, transcript, await directoryWith(transcript.flags))
  })

  await t.test('none without one of the flags it names', async (t) => {
    for (const transcript of transcripts) {
      for (const flag of transcript.flags) {
        const others = transcript.flags.filter((other) => other !== flag)
        const { scimBaseUrl, token } = await directoryWith(others)
        t.notOk((await play(transcript, { scimBaseUrl, token })).ok, `${transcript.name} needs ${flag}`)
      }
    }
  })

  running.child.kill('SIGTERM')
  t.match(await running.end, { code: 0 })
})

async function assertPasses(t: Test, transcript: Transcript, target: Target): Promise<void> {
  const report = await play(transcript, target)
  t.ok(report.ok, report.ok ? report.transcript : renderReport(report))
  t.notOk(
    report.entries.some(({ outcome }) => outcome === 'skipped'),
    'nothing was left out',
  )
}
