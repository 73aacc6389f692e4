import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import t from 'tap'
import { addOrganization, rowsOf, startInstallation } from './support/installation.ts'

/** What went wrong elsewhere, as far as it is about the management API; the others: services/scim/test/incidents.test.ts. */

t.test('5 · nothing is without an organization (better-auth #9840)', async (t) => {
  const installation = await startInstallation(t)
  await addOrganization(installation, 'Acme')
  const { call, operatorKey } = installation
  for (const url of [
    '/api/users',
    '/api/users/count',
    '/api/groups',
    '/api/events',
    '/api/directory',
    '/api/requests',
  ]) {
    for (const named of ['', '?organizationId=', '?organizationId=null', '?organizationId=undefined']) {
      const answer = await call(operatorKey, 'GET', `${url}${named}`)
      t.ok([400, 404].includes(answer.status), `${url}${named}: ${answer.status}`)
      t.notOk(answer.body.data, 'a check that is skipped would show everybody')
    }
    t.equal(
      (await call(operatorKey, 'GET', `${url}?organizationId=${toTypeId('organization', newUuid())}`)).status,
      404,
    )
  }
})

t.test('7 · who is authorised by one place does not act on another (Casdoor CVE-2026-15630)', async (t) => {
  const installation = await startInstallation(t)
  const { call, operatorKey } = installation
  const [acme, other] = [await addOrganization(installation, 'Acme'), await addOrganization(installation, 'Other')]
  const attempts = [
    [acme.admin, `/api/organizations/${acme.id}?organizationId=${other.id}`, { name: 'Taken' }],
    [acme.admin, `/api/organizations/${acme.id}`, { name: 'Taken', organizationId: other.id }],
    [operatorKey, `/api/organizations/${acme.id}`, { name: 'Taken', organizationId: other.id }],
    [operatorKey, `/api/organizations/${acme.id}?organizationId=${other.id}`, { name: 'Taken' }],
  ] as const
  for (const [key, url, body] of attempts) t.equal((await call(key, 'PATCH', url, body)).status, 400, url)
  t.equal((await call(acme.admin, 'PATCH', `/api/organizations/${other.id}`, { name: 'Taken' })).status, 404)
  t.equal(
    (await call(acme.admin, 'GET', `/api/users/${other.userId}`)).status,
    404,
    '2 · a foreign id is an unknown id',
  )
  const { body } = await call(operatorKey, 'GET', '/api/organizations')
  t.same(
    rowsOf({ body } as never).map(({ name }) => name),
    ['Acme', 'Other'],
  )
})
