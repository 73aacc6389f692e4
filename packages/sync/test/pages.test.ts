import { isDeepStrictEqual } from 'node:util'
import { ConnectorError, type Page, type SourceGroup, type SourceUser } from '@muster/connectors'
import { seed } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { canonicalJson } from '../src/canonical-json.ts'
import { PageGuard } from '../src/page-guard.ts'
import { readingLimits } from '../src/reading-limits.ts'
import { toStagedPage } from '../src/staged-page.ts'
import { intervalSeconds, retrySeconds, syncPace } from '../src/sync-pace.ts'

const jane: SourceUser = {
  kind: 'user',
  id: '1',
  references: ['CN=Jane,DC=Acme'],
  userName: 'Jane@Acme.test',
  active: true,
  emails: [{ value: 'jane@acme.test' }],
  attributes: { cn: ['Jane'], sn: 'Doe' },
}
const staff: SourceGroup = { kind: 'group', id: '1', name: 'Staff', attributes: {}, members: 'complete' }

function pageOf(page: object): Page {
  return { upsert: [], remove: [], checkpoint: 'c', ...page } as unknown as Page
}

function stage(page: object) {
  return toStagedPage(pageOf(page), { throttledMilliseconds: 0 })
}

t.test('a page on its way to the stage', async (t) => {
  const hashOf = (record: object) => stage({ upsert: [record] }).records[0]?.hash
  const { references, ...bare } = jane
  t.match(stage({ upsert: [jane] }), {
    records: [
      { kind: 'user', sourceId: '1', effect: 'upsert', nameKey: 'jane@acme.test', referenceKeys: ['cn=jane,dc=acme'] },
    ],
    checkpoint: 'c',
    complete: undefined,
  })
  t.equal(hashOf(jane), hashOf({ ...bare, attributes: { sn: 'Doe', cn: ['Jane'] }, references }), 'in whatever order')
  for (const other of [{ references: [] }, { active: false }, { attributes: {} }, { userName: 'jane@acme.test' }]) {
    t.not(hashOf({ ...jane, ...other }), hashOf(jane))
  }
  t.equal(hashOf({ ...staff, members: 'unread' }), hashOf(staff), 'what was read of members is no content of a group')
  t.not(hashOf(staff), hashOf({ ...jane, ...staff, kind: 'user' }))

  const [first, second] = [{ kind: 'membership', groupId: '1', member: { reference: 'CN=Jane' } }, { id: '1' }]
  const page = stage({
    upsert: [jane, staff, { ...jane, active: false }, first, first, { ...first, member: second }],
    remove: [
      { ...first, member: { reference: 'cn=jane' } },
      { kind: 'user', id: '2' },
    ],
    present: [jane, { kind: 'user', id: '2' }, { kind: 'user', id: '3' }],
    problems: [
      { key: { kind: 'user', id: '4' }, code: 'odd', detail: 'a\0\ud800', references: ['CN=Four', '', 'a\0'] },
    ],
  })
  t.strictSame(page.records.map(({ kind, sourceId, effect }) => `${kind} ${sourceId} ${effect}`).sort(), [
    'group 1 upsert',
    'user 1 upsert',
    'user 2 remove',
    'user 3 present',
    'user 4 present',
  ])
  t.match(page.records.find(({ kind, sourceId }) => kind === 'user' && sourceId === '1')?.said, { active: false })
  const four = page.records.find(({ sourceId }) => sourceId === '4')
  t.strictSame(four?.referenceKeys, ['cn=four'], 'others may still call it by what it is called')
  t.strictSame(page.edges, [
    { groupSourceId: '1', memberKey: 'cn=jane', byReference: true, effect: 'remove' },
    { groupSourceId: '1', memberKey: '1', byReference: false, effect: 'upsert' },
  ])
  t.strictSame(page.problems, [{ kind: 'user', sourceId: '4', code: 'odd', detail: 'a�' }])
})

t.test('canonical JSON is JSON of the same value, and one for each value', async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }), (value) => {
      const text = canonicalJson(value)
      const plain = JSON.stringify(value)
      const isKept = !/\\u0000|\\ud[89a-f]/.test(plain.replaceAll('\\\\', ''))
      if (!isKept) return text === undefined
      const shuffled = JSON.parse(plain, (_key, part) =>
        typeof part === 'object' && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).reverse())
          : part,
      )
      return isDeepStrictEqual(JSON.parse(text ?? ''), JSON.parse(plain)) && canonicalJson(shuffled) === text
    }),
    { seed, numRuns: 200 },
  )
  let deep: unknown = 1
  for (let depth = 0; depth < 10_000; depth++) deep = [deep]
  t.equal(canonicalJson(deep), undefined, `seed ${seed}`)
})

t.test('pages that lead nowhere are refused', async (t) => {
  const limits = { ...readingLimits, pagesMax: 1_000, rowsMax: 50, pageRowsMax: 20 }
  const guard = (scan: 'full' | 'delta' = 'full') => new PageGuard({ scan, resume: null, pages: 0, rows: 0, limits })
  const refusedAt = (checkpoints: Iterable<string>) => {
    const guarding = guard()
    let count = 0
    try {
      for (const checkpoint of checkpoints) {
        count += 1
        guarding.see(pageOf({ checkpoint }))
      }
    } catch (error) {
      t.ok(error instanceof ConnectorError && error.code === 'protocol')
      return count
    }
    return undefined
  }
  function* cycle(behind: number, length: number) {
    for (let page = 0; ; page++) yield page < behind ? `start ${page}` : `loop ${(page - behind) % length}`
  }
  for (const [behind, length] of [
    [0, 1],
    [5, 1],
    [0, 2],
    [3, 7],
    [40, 25],
  ] as const) {
    const at = refusedAt(cycle(behind, length))
    t.ok(at !== undefined && at <= 6 * (behind + 5 * length), `a loop of ${length} behind ${behind}: at page ${at}`)
  }
  const repeated = Array.from({ length: 500 }, (_, page) => `${Math.floor(page / 2)}`)
  t.equal(refusedAt(repeated), undefined, 'an empty page stands where the one before it did')

  const standing = new PageGuard({ scan: 'full', resume: 'c', pages: 0, rows: 0, limits: readingLimits })
  const user = (id: number) => ({ ...jane, id: String(id) })
  for (let page = 0; page < 500; page++) standing.see(pageOf({ upsert: [user(page)], checkpoint: 'c' }))
  const again = () => standing.see(pageOf({ upsert: [user(499)], checkpoint: 'c' }))
  t.throws(() => [1, 2, 3, 4].forEach(again), { code: 'protocol' }, 'unless they say the same')

  const rows = (count: number) => pageOf({ present: Array.from({ length: count }, (_, id) => ({ kind: 'user', id })) })
  t.throws(() => guard().see(rows(21)), { code: 'protocol' })
  const full = guard()
  for (const _ of [1, 2]) full.see(rows(20))
  t.throws(() => full.see({ ...rows(20), checkpoint: 'd' as Page['checkpoint'] }), { code: 'protocol' })
  for (const checkpoint of ['', 'x'.repeat(65_537), '\0', '\ud800']) {
    t.throws(() => guard().see(pageOf({ checkpoint })), { code: 'protocol' })
  }
  t.throws(() => guard('full').see(pageOf({ complete: 'changes' })), { code: 'protocol' })
  for (const complete of ['all', 'changes']) t.doesNotThrow(() => guard('delta').see(pageOf({ complete })))
})

t.test('intervals and waits', async (t) => {
  t.strictSame(
    [0, 0.5, 0.999_999].map((random) => Math.round(intervalSeconds(60, random))),
    [3_240, 3_600, 3_960],
  )
  const retry = (attempts: number, retryAfterMilliseconds?: number) =>
    retrySeconds(syncPace, { attempts, retryAfterMilliseconds }, 0)
  t.strictSame(
    [1, 2, 3, 4, 8, 500].map((attempts) => retry(attempts)),
    [30, 60, 120, 240, 3_600, 3_600],
  )
  t.strictSame(
    [7_000, 90_000, 86_400_000].map((asked) => retry(1, asked)),
    [30, 90, 3_600],
  )
  t.equal(retrySeconds(syncPace, { attempts: 1 }, 1), 33)
})
