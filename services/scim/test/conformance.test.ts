import {
  allChecks,
  type CheckResult,
  type ConformanceProfile,
  checklist,
  chooseChecks,
  discover,
  runCheck,
} from '@muster/conformance'
import t from 'tap'
import { startInstallation } from './support/installation.ts'

/** The strict profile of a directory is held to the RFCs, the compatible one to everything. */
const profiles: Record<'strict' | 'compatible', ConformanceProfile> = { strict: 'rfc', compatible: 'compatible' }

/** What failed and how, as one text. */
function problemOf({ outcome, reason, failure, left }: CheckResult): string {
  if (outcome === 'skipped') return `skipped: ${reason}`
  if (outcome === 'passed') return left.length > 0 ? `could not remove ${left.join(', ')}` : ''
  const { method, path, body = '', status, answer } = failure?.exchange ?? {}
  const exchange = method === undefined ? '' : `\n${method} ${path} ${body}\n${status} ${answer}`
  return failure ? `expected ${failure.expected}, got ${failure.got}${exchange}` : `${reason}`
}

t.test('the checks name points of the checklist, and no title is there twice', async (t) => {
  const numbers = checklist.flatMap(({ points }) => points.map(({ number }) => number))
  t.same(
    numbers,
    Array.from(numbers, (_, index) => index + 1),
  )
  t.same(
    allChecks.flatMap(({ points }) => points.filter((number) => !numbers.includes(number))),
    [],
  )
  t.equal(new Set(allChecks.map(({ title }) => title)).size, allChecks.length)
})

for (const scimProfile of ['strict', 'compatible'] as const) {
  t.test(`the corpus against a ${scimProfile} directory`, { timeout: 110_000 }, async (t) => {
    const installation = await startInstallation(t)
    const scope = await installation.addOrganization('Acme')
    const { client } = await installation.addDirectory(scope, { scimProfile })
    const discovery = await discover(client, AbortSignal.timeout(10_000))
    for (const check of chooseChecks(allChecks, { profile: profiles[scimProfile] })) {
      await t.test(`${check.points.map((number) => `#${number}`).join(' ')} ${check.title}`, async (t) => {
        const result = await runCheck(check, client, discovery, { timeoutMs: 20_000 })
        t.equal(problemOf(result), '', check.level)
      })
    }
    const { body } = await client.get('/Users?count=0')
    t.equal(body.totalResults, 0, 'what the checks made is gone')
  })
}
