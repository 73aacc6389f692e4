import { createDirectoryUsers, read, transact, updateDirectoryUsers } from '@muster/repository'
import { fromTypeId, newUuid } from '@muster/runtime/type-ids'
import { type CompatibilityFlag, type JsonObject, profiles } from '@muster/scim'
import t from 'tap'
import {
  addOrganization,
  type Body,
  type Installation,
  rowsOf,
  schemaDraft,
  startInstallation,
} from './support/installation.ts'

const urn = 'urn:okta:acme_1:1.0:user'
const path = `/api/schemas/${urn}`
const cause = { kind: 'system', id: 'test' } as const

/** Stores a user as the SCIM service would; answers with what changes the document again. */
async function storeUser(
  { database, scopeOf }: Installation,
  acme: { id: string; directoryId: string },
  document: JsonObject,
) {
  const scope = await scopeOf(acme.id)
  const directoryId = fromTypeId('directory', acme.directoryId) ?? ''
  const directoryUserId = newUuid()
  await transact(database, scope, cause, (tx) =>
    createDirectoryUsers(tx, directoryId, [{ directoryUserId, document: { userName: directoryUserId, ...document } }]),
  )
  return () =>
    transact(database, scope, cause, (tx) =>
      updateDirectoryUsers(tx, directoryId, [{ directoryUserId, document: { userName: directoryUserId } }]),
    )
}

async function auditOf({ database, scopeOf }: Installation, organizationId: string): Promise<unknown[]> {
  const entries = await read(database, await scopeOf(organizationId), ({ db }) =>
    db.selectFrom('audit_entries').select(['action', 'target', 'detail']).orderBy('audit_entry_id').execute(),
  )
  return entries.filter(({ action }) => action.startsWith('schema.') || action === 'directory.update')
}

t.test('a schema of an organization: register, see, change, delete', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  t.equal((await call(acme.admin, 'DELETE', `/api/schemas/${acme.schemaUrn}`)).status, 204)
  t.same((await call(acme.viewer, 'GET', '/api/schemas')).body, { data: [], nextCursor: null })

  const created = await call(acme.admin, 'PUT', path, schemaDraft(urn))
  t.equal(created.status, 201)
  const size = { name: 'shoeSize', type: 'integer', multiValued: false, caseExact: false, uniqueness: 'none' }
  t.match(created.body, { urn, resourceType: 'User', resources: 0, schema: { id: urn, attributes: [size] } })
  t.strictSame((await call(acme.viewer, 'GET', path)).body, created.body)
  t.strictSame((await call(acme.viewer, 'GET', `/api/schemas/${urn.toUpperCase()}`)).body, created.body, 'in any case')
  t.strictSame((await call(acme.admin, 'PUT', path, schemaDraft(urn))).body, created.body, 'the same again: no change')
  const other = schemaDraft(urn.toUpperCase(), { name: 'colour' })
  const changed = await call(acme.admin, 'PUT', path, other)
  t.equal(changed.status, 200)
  t.match(changed.body, { urn, schema: { id: urn, attributes: [size, { name: 'colour' }] } })
  t.equal(changed.body.createdAt, created.body.createdAt)
  t.strictSame(rowsOf(await call(acme.viewer, 'GET', '/api/schemas')), [changed.body])

  t.equal((await call(acme.admin, 'DELETE', path)).status, 204)
  t.equal((await call(acme.admin, 'DELETE', path)).status, 404)
  t.equal((await call(acme.admin, 'GET', path)).status, 404)
  t.match((await auditOf(installation, acme.id)).slice(-3), [
    { action: 'schema.create', target: urn, detail: { resourceType: 'User' } },
    { action: 'schema.update', target: urn, detail: { changes: [] } },
    { action: 'schema.delete', target: urn },
  ])
})

t.test('while resources have values of a schema, nothing may break them', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const [acme, other] = [await addOrganization(installation, 'Acme'), await addOrganization(installation, 'Other')]
  const withdraw = await storeUser(installation, acme, { [urn]: { shoeSize: 46 } })
  t.equal((await call(other.admin, 'PUT', path, schemaDraft(urn))).status, 201)
  await call(acme.admin, 'PUT', path, schemaDraft(urn))
  t.equal((await call(acme.admin, 'GET', path)).body.resources, 1)
  t.equal((await call(other.admin, 'GET', path)).body.resources, 0, 'what another organization stores is not counted')

  const more = await call(acme.admin, 'PUT', path, schemaDraft(urn, { name: 'colour', description: 'x' }))
  t.match(more, { status: 200, body: { resources: 1 } })
  const removal = { resourceType: 'User', schema: { id: urn, attributes: [{ name: 'colour' }] } }
  const retype = { ...removal, schema: { id: urn, attributes: [{ name: 'shoeSize' }, { name: 'colour' }] } }
  const move = { ...schemaDraft(urn, { name: 'colour' }), resourceType: 'Group' }
  for (const [body, detail] of [
    [removal, /^1 user has values of urn:okta:acme_1:1.0:user: a change cannot take effect that removes shoeSize\./],
    [retype, /that changes type of shoeSize\./],
    [move, /that moves to Group\./],
  ] as const) {
    t.match(await call(acme.admin, 'PUT', path, body), { status: 409, body: { code: 'conflict', detail } })
    t.equal((await call(other.admin, 'PUT', path, body)).status, 200, 'nobody uses the other one')
  }
  t.match(await call(acme.admin, 'DELETE', path), { status: 409, body: { detail: /1 user has values .* deleted/ } })
  t.equal((await call(other.admin, 'DELETE', path)).status, 204)
  t.same((await call(acme.admin, 'GET', path)).body.schema, more.body.schema, 'nothing happened')

  await withdraw()
  t.match(await call(acme.admin, 'PUT', path, removal), { status: 200, body: { resources: 0 } })
  t.equal((await call(acme.admin, 'DELETE', path)).status, 204)
})

t.test('what is no schema is refused by name, and limits hold', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const put = (body: object, address = path) => call(acme.admin, 'PUT', address, body)
  const unique = { id: urn, attributes: [{ name: 'a' }, { name: 'b', uniqueness: 'server' }] }
  for (const [body, detail] of [
    [{ resourceType: 'Device', schema: {} }, /^body\.resourceType must be one of User, Group/],
    [{ resourceType: 'User' }, /^body\.schema is required/],
    [{ resourceType: 'User', schema: [] }, /^body\.schema must be object/],
    [{ ...schemaDraft(urn), colour: 1 }, /unknown member "colour"/],
    [{ resourceType: 'User', schema: unique }, /^body\.schema: attributes\[1\]\.uniqueness must be none/],
    [schemaDraft('urn:ietf:params:scim:api:messages:2.0:x'), /^body\.schema: id cannot be used/],
    [schemaDraft('urn:okta:another'), /^body\.schema\.id is not the URN of the address/],
  ] as const) {
    t.match(await put(body), { status: 400, body: { code: 'invalidValue', detail } })
  }
  const inner = `${acme.schemaUrn}:inner`
  t.match(await put(schemaDraft(inner), `/api/schemas/${inner}`), { status: 409, body: { detail: /urn:acme:user/ } })
  // Registered at the same time, and never more than 20 with the one that was there.
  const urns = Array.from({ length: 22 }, (_, index) => `urn:acme:s${index}`)
  const answers = await Promise.all(urns.map((id) => put(schemaDraft(id), `/api/schemas/${id}`)))
  t.equal(answers.filter(({ status }) => status === 201).length, 19)
  t.match(
    answers.find(({ status }) => status !== 201),
    { status: 409, body: { detail: /at most 20/ } },
  )
  t.equal(rowsOf(await call(acme.viewer, 'GET', '/api/schemas')).length, 20)
})

t.test('flags of a directory: laid over its profile, one by one', async (t) => {
  const installation = await startInstallation(t)
  const { call } = installation
  const acme = await addOrganization(installation, 'Acme')
  const directory = `/api/directory/${acme.directoryId}`
  const patch = (body: object) => call(acme.admin, 'PATCH', directory, body)
  const flagsOf = ({ scimFlags, effectiveScimFlags }: Body) => ({ scimFlags, effectiveScimFlags })
  const { compatible, strict } = profiles
  t.same(flagsOf((await call(acme.viewer, 'GET', directory)).body), { scimFlags: {}, effectiveScimFlags: compatible })
  const off = { anyCaseOp: false, groupPatchAnswersResource: true }
  const expected = { scimFlags: off, effectiveScimFlags: { ...compatible, ...off } }
  const changed = await patch({ scimFlags: off })
  t.same(flagsOf(changed.body), expected)
  t.same(flagsOf((await patch({ scimFlags: {} })).body), expected, 'what is not named stays')
  t.same(flagsOf((await patch({ name: 'Renamed' })).body), expected)
  t.same(flagsOf((await patch({ scimProfile: 'strict', scimFlags: { anyCaseOp: null } })).body), {
    scimFlags: { groupPatchAnswersResource: true },
    effectiveScimFlags: { ...strict, groupPatchAnswersResource: true },
  })
  t.match((await auditOf(installation, acme.id)).at(-1), {
    action: 'directory.update',
    detail: { scimProfile: 'strict', scimFlags: { anyCaseOp: null } },
  })
  const known = (Object.keys(compatible) as CompatibilityFlag[]).join(', ')
  for (const scimFlags of [{ anyCaseOps: true }, { constructor: true }]) {
    t.match(await patch({ scimFlags }), { status: 400, body: { code: /invalid/ } })
  }
  t.equal(
    (await patch({ scimFlags: { anyCaseOps: true } })).body.detail,
    `body.scimFlags has an unknown flag; the flags are ${known}.`,
  )
  t.match(await patch({ scimFlags: { anyCaseOp: 'no' } }), {
    status: 400,
    body: { detail: /scimFlags\.anyCaseOp must be/ },
  })
  t.match(await patch({ scimFlags: null }), { status: 400 })
})
