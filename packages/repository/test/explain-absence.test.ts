import { toTypeId } from '@muster/runtime/type-ids'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { setDirectoryPaused, transact, updateOrganization } from '../src/index.ts'
import { cause, userDocument } from './support/directory.ts'
import { openExplainStage, reasonsSeen } from './support/explaining.ts'
import { addHook, playApplication } from './support/hooks.ts'
import { openInstallation } from './support/installation.ts'

const open = async (t: Test) => openExplainStage(await openInstallation(t))
const reasonsOf = (reasons: readonly { reason: string }[] | undefined) => reasons?.map(({ reason }) => reason)

t.test('who is absent, and why', async (t) => {
  const stage = await open(t)
  const { okta, google, database, scope } = stage
  const nobody = await stage.explainAbsence({ by: 'email', value: 'jane@acme.test' })
  t.strictSame(nobody.directoryUsers, [])
  const pending = { reason: 'directoryUnused', directory: { id: okta.typeId, name: 'Okta' } }
  t.match(nobody.reasons, [{ reason: 'neverSent' }, pending, { reason: 'directoryUnused' }])
  await stage.configure(async (tx) => {
    await sql`UPDATE directories SET status = 'ERROR' WHERE organization_id = ${tx.organizationId}
      AND directory_id = ${okta.directoryId}`.execute(tx.db)
    await setDirectoryPaused(tx, google.directoryId, true)
  })
  const idle = await stage.explainAbsence({ by: 'userName', value: 'jane@acme.test' })
  t.strictSame(reasonsOf(idle.reasons), ['neverSent', 'directoryFailing', 'directoryPaused'])
  const here = await stage.explainAbsence({ by: 'externalId', value: 'x', directoryId: google.directoryId })
  t.strictSame(reasonsOf(here.reasons), ['neverSent', 'directoryPaused'], 'the others were not asked about')

  await stage.filterBy({ customFilters: { title: ['Engineer'] } }, okta)
  const hidden = await okta.createUser(userDocument('hidden@acme.test', { externalId: 'x-1' }))
  for (const question of [
    { by: 'email', value: 'HIDDEN@acme.test' },
    { by: 'userName', value: 'Hidden@ACME.test' },
    { by: 'externalId', value: 'x-1' },
    { by: 'directoryUserId', value: hidden.toUpperCase() },
    { by: 'email', value: 'hidden@acme.test', directoryId: okta.directoryId },
  ] as const) {
    const found = await stage.explainAbsence(question)
    t.match(found, {
      isComplete: true,
      reasons: [],
      directoryUsers: [
        { directoryId: okta.typeId, directoryUserId: hidden, userId: null, state: null, lastRequestId: null },
      ],
    })
    t.match(found.directoryUsers[0]?.reasons, [{ reason: 'customFilter', scope: 'directory', key: 'title' }])
    t.equal(found.directoryUsers.length, 1, question.by)
  }
  const elsewhere = { by: 'email', value: 'hidden@acme.test', directoryId: google.directoryId } as const
  t.strictSame((await stage.explainAbsence(elsewhere)).directoryUsers, [])
  await stage.filterBy({}, okta)
  const waiting = await stage.explainAbsence({ by: 'directoryUserId', value: hidden })
  t.strictSame(reasonsOf(waiting.directoryUsers[0]?.reasons), ['notSettledYet'])
  await stage.settle()
  t.match(await stage.explainAbsence({ by: 'directoryUserId', value: hidden }), {
    directoryUsers: [{ userId: /^user_/, state: 'active', reasons: [{ reason: 'counts' }] }],
  })

  await okta.deleteUsers([hidden])
  const gone = await stage.explainAbsence({ by: 'email', value: 'hidden@acme.test' })
  t.match(gone.users, [{ state: 'inactive', reason: 'lastLinkGone' }])
  await transact(database, scope, cause, (tx) =>
    sql`UPDATE users SET directory_id = NULL WHERE organization_id = ${tx.organizationId}`.execute(tx.db),
  )
  t.match((await stage.explainAbsence({ by: 'userName', value: 'hidden@acme.test' })).users, [
    { reason: 'neverInDirectory' },
  ])
})

t.test('why an address leads to another person', async (t) => {
  const stage = await open(t)
  const { okta, google } = stage
  const policy = (linkByEmail: 'never' | 'verifiedDomains' | 'organization') =>
    transact(stage.database, stage.scope, cause, (tx) => updateOrganization(tx, { linkByEmail }))
  const claimant = await stage.personOf(okta, await okta.createUser(userDocument('jane@acme.test')))
  const userId = toTypeId('user', claimant)
  await policy('never')
  const id = await google.createUser({ userName: 'jd', emails: [{ value: 'jane@acme.test' }] })
  const last = async () =>
    (await stage.explainAbsence({ by: 'userName', value: 'jd' })).directoryUsers[0]?.reasons.at(-1)
  t.match(await last(), { reason: 'linkByEmailNever', userId })
  await policy('verifiedDomains')
  t.match(await last(), { reason: 'domainNotVerified', userId })
  await policy('organization')
  t.match(await last(), { reason: 'linkedOnArrival', userId }, 'a change of the policy joins nobody afterwards')
  await google.deleteUsers([id])
  await google.createUser({ userName: 'first', emails: [{ value: 'jane@acme.test' }] })
  await google.createUser({ userName: 'jd', emails: [{ value: 'jane@acme.test' }] })
  t.match(await last(), { reason: 'personTaken', userId })
  const found = await stage.explainAbsence({ by: 'email', value: 'jane@acme.test' })
  t.equal(found.directoryUsers.length, 3, 'all directories')
  const [ofClaimant] = found.directoryUsers.filter((one) => one.userId === userId)
  t.strictSame(reasonsOf(ofClaimant?.reasons), ['counts'])
})

t.test('the last request is found by the address of the user, and by what made it', async (t) => {
  const stage = await open(t)
  const id = await stage.okta.createUser(userDocument('jane@acme.test'))
  const requestIds = ['01890000-0000-7000-8000-000000000001', '01890000-0000-7000-8000-000000000002']
  const last = async () =>
    (await stage.explainAbsence({ by: 'directoryUserId', value: id })).directoryUsers[0]?.lastRequestId
  const log = (requestId: string | undefined, method: string, path: string) =>
    transact(stage.database, stage.scope, cause, (tx) =>
      sql`INSERT INTO scim_requests (organization_id, directory_id, request_id, occurred_at, duration_ms, method, path,
          status, request_truncated, answer_body, answer_truncated, skipped_before)
        VALUES (${tx.organizationId}, ${stage.okta.directoryId}, ${requestId}, now(), 1, ${method}, ${path}, 200, false,
          ${JSON.stringify({ id })}, false, 0)`.execute(tx.db),
    )
  await log(requestIds[0], 'POST', '/Users')
  t.equal(await last(), requestIds[0])
  await log(requestIds[1], 'PATCH', `/Users/${id}`)
  t.equal(await last(), requestIds[1])
})

t.test('who waits for the hook, and whom it vetoed', async (t) => {
  const stage = await open(t)
  const { database, scope, okta } = stage
  await addHook(database, scope)
  const id = await okta.createUser(userDocument('jane@acme.test'))
  const why = async () =>
    (await stage.explainAbsence({ by: 'directoryUserId', value: id })).directoryUsers.map(({ reasons }) => reasons)
  t.match(await why(), [[{ reason: 'waitsForHook' }]])
  await playApplication(database, scope, (users) => ({
    decisions: users.map((user) => ({ id: user.id, action: 'veto', reason: 'We know her.' })),
  }))
  t.match(await why(), [[{ reason: 'vetoedByHook', said: 'We know her.' }]])
  await stage.filterBy({ customFilters: { title: ['Engineer'] } }, okta)
  await stage.settle()
  t.match(await why(), [[{ reason: 'customFilter' }]], 'a filter is the first reason')
})

t.test('every reason of absence was given once', async (t) => {
  const absent = ['neverSent', 'directoryUnused', 'directoryFailing', 'directoryPaused', 'customFilter', 'lastLinkGone']
  const apart = ['linkByEmailNever', 'domainNotVerified', 'personTaken', 'linkedOnArrival']
  t.strictSame(
    [...absent, ...apart, 'waitsForHook', 'vetoedByHook'].filter((reason) => !reasonsSeen.has(reason)),
    [],
  )
})
