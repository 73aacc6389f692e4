import { play, renderReport, transcripts } from '@muster/idp'
import t from 'tap'
import { makeSite, readConnection, up } from './support/installation.ts'

t.test('what identity providers send, on the running product', async (t) => {
  const site = await makeSite(t)
  const running = await up(t, site)
  const { scimBaseUrl, scimToken, adminUrl, operatorKey, organizationId, directoryId } = await readConnection(site)
  const target = {
    scimBaseUrl: String(scimBaseUrl),
    token: String(scimToken),
    events: {
      adminUrl: String(adminUrl),
      key: String(operatorKey),
      organizationId: String(organizationId),
      directoryId: String(directoryId),
    },
  }
  const providers = new Set(transcripts.map(({ idp }) => idp))
  t.ok(providers.has('okta') && providers.has('entra'), 'both providers have transcripts')
  for (const transcript of transcripts) {
    const report = await play(transcript, target)
    t.ok(report.ok, report.ok ? report.transcript : renderReport(report))
    t.notOk(
      report.entries.some(({ outcome }) => outcome === 'skipped'),
      'nothing was left out',
    )
  }
  running.child.kill('SIGTERM')
  t.match(await running.end, { code: 0 })
})
