import { updateDirectory } from '@muster/repository'
import { type CompatibilityFlag, compatibilityFlags, profiles } from '@muster/scim'
import t from 'tap'
import { change, type Installation, startInstallation, type TestDirectory } from './support/installation.ts'
import { type Answer, type ScimClient, urns } from './support/scim-client.ts'

const enterprise = (body: Answer['body']) => body[urns.enterprise] as Record<string, unknown> | undefined

/** Sends what only a tolerant server understands; answers with what shows whether it was understood. */
type Probe = (client: ScimClient) => Promise<unknown>

const patchUser =
  (operation: unknown, look: (answer: Answer) => unknown): Probe =>
  async (client) => {
    const emails = [{ value: 'a@acme.test', type: 'work' }]
    const id = await client.addUser(crypto.randomUUID(), { emails })
    const answer = await client.patch(`/Users/${id}`, ...[operation].flat())
    return [answer.status, look(answer)]
  }
const postUser =
  (more: object, look: (answer: Answer) => unknown): Probe =>
  async (client) => {
    const body = { schemas: [urns.user], userName: crypto.randomUUID(), ...more }
    const answer = await client.send('POST', '/Users', body)
    return [answer.status, look(answer)]
  }
const changeGroup =
  (method: 'PUT' | 'PATCH'): Probe =>
  async (client) => {
    const id = await client.addGroup(crypto.randomUUID())
    const displayName = crypto.randomUUID()
    const operation = { op: 'replace', path: 'displayName', value: displayName }
    const answer =
      method === 'PATCH'
        ? await client.patch(`/Groups/${id}`, operation)
        : await client.send('PUT', `/Groups/${id}`, { schemas: [urns.group], displayName })
    return answer.status
  }
const scimType = ({ body }: Answer) => body.scimType
const phone = { op: 'add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1' }
const others = { op: 'replace', value: { id: 'another', title: 'Boss' } }

/** One for each flag: the request whose answer hangs on it. */
const probes: Record<CompatibilityFlag, Probe> = {
  anyCaseOp: patchUser({ op: 'Replace', path: 'title', value: 'Boss' }, scimType),
  stringBooleans: patchUser({ op: 'replace', path: 'active', value: 'False' }, scimType),
  createOnValuePathMiss: patchUser(phone, scimType),
  wrapSimpleAsComplex: patchUser({ op: 'add', path: 'phoneNumbers', value: ['+1'] }, scimType),
  singleAsList: postUser({ emails: { value: 'a@acme.test' } }, scimType),
  unwrapListOfOne: postUser({ name: [{ givenName: 'Jane' }] }, scimType),
  ignoreUnknownAttributes: postUser({ shoeSize: 46 }, scimType),
  ignoreUnknownSchemas: postUser({ schemas: [urns.user, 'urn:nobody:has:it'] }, scimType),
  optionalSchemas: postUser({ schemas: undefined }, scimType),
  emptyOperationsAreNoOp: patchUser([], scimType),
  emptyStringUnassigns: postUser({ title: '' }, ({ body }) => body.title),
  removeWithValue: patchUser({ op: 'remove', path: 'emails', value: [{ value: 'a@acme.test' }] }, scimType),
  ignoreReadOnlyInValue: patchUser(others, scimType),
  unprefixedExtensionAttributes: postUser({ department: 'Sales' }, ({ body }) => enterprise(body)?.department),
  aliasedSubAttributes: postUser({ roles: [{ value: 'r', displayName: 'R' }] }, ({ body }) => body.roles),
  pathsAsKeys: patchUser({ op: 'replace', value: { 'name.givenName': 'Jane' } }, ({ body }) => body.name),
  unquotedFilterValues: async (client) => (await client.find('/Users', 'externalId eq jyoung')).status,
  uniqueGroupNames: async (client) => {
    const displayName = crypto.randomUUID()
    await client.addGroup(displayName)
    return (await client.send('POST', '/Groups', { schemas: [urns.group], displayName })).status
  },
  ignoreUnknownMembers: async (client) => {
    const members = [{ value: crypto.randomUUID() }]
    const group = { schemas: [urns.group], displayName: crypto.randomUUID(), members }
    return (await client.send('POST', '/Groups', group)).status
  },
  acceptUnknownManagers: postUser({ [urns.enterprise]: { manager: { value: crypto.randomUUID() } } }, scimType),
  groupPatchAnswersResource: changeGroup('PATCH'),
  groupPutAnswersNothing: changeGroup('PUT'),
  ignoreUnacceptable: async (client) =>
    (await client.send('GET', '/Users?count=0', undefined, { accept: 'text/html' })).status,
  anyTextAsReference: postUser({ profileUrl: 'not a URI' }, scimType),
  looseBulkPaths: async (client) => {
    const user = { schemas: [urns.user], userName: crypto.randomUUID() }
    const operation = { method: 'POST', path: 'Users', bulkId: 'a', data: user }
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
    const { status, body } = await client.send('POST', '/Bulk', { schemas, Operations: [operation] })
    return [status, (body.Operations as { status: string }[] | undefined)?.[0]?.status]
  },
}

/** A flag that another's behaviour follows: PUT of a group answers like its PATCH. */
const followers: Partial<Record<CompatibilityFlag, CompatibilityFlag[]>> = {
  groupPatchAnswersResource: ['groupPutAnswersNothing'],
}

const flags = Object.keys(compatibilityFlags) as CompatibilityFlag[]

/** What every probe shows in a directory whose flags are these. */
async function outcomes(installation: Installation, scope: TestDirectory['scope'], scimFlags: object) {
  const { client, directoryId } = await installation.addDirectory(scope)
  await change(installation, { scope }, (tx) => updateDirectory(tx, directoryId, { scimFlags }))
  const shown = await Promise.all(flags.map(async (flag) => [flag, JSON.stringify(await probes[flag](client))]))
  return Object.fromEntries(shown) as Record<CompatibilityFlag, string>
}

t.test('#48 #64 #91 #95 #96 #97 each flag changes its own behaviour and no other', { timeout: 110_000 }, async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const usual = await outcomes(installation, scope, {})
  for (const flag of flags) {
    const other = await outcomes(installation, scope, { [flag]: !profiles.compatible[flag] })
    const changed = flags.filter((probe) => other[probe] !== usual[probe])
    t.same(changed, [flag, ...(followers[flag] ?? [])], `${flag}: ${usual[flag]} → ${other[flag]}`)
    if (profiles.compatible[flag]) t.match(usual[flag], /^(\[?2|409|\[20[01])/, `${flag} is understood`)
  }
})

t.test('flags over a profile, for one directory, within five seconds', async (t) => {
  const installation = await startInstallation(t)
  const scope = await installation.addOrganization('Acme')
  const [strict, untouched] = [
    await installation.addDirectory(scope, { scimProfile: 'strict' }),
    await installation.addDirectory(scope, { scimProfile: 'strict' }),
  ]
  const statusOf = async ({ client }: TestDirectory) => {
    const answer = await client.patch(`/Users/${await client.addUser(crypto.randomUUID())}`, {
      op: 'Replace',
      path: 'title',
      value: 'Boss',
    })
    return answer.status
  }
  const set = (anyCaseOp: boolean | null) =>
    change(installation, { scope }, (tx) => updateDirectory(tx, strict.directoryId, { scimFlags: { anyCaseOp } }))
  t.same([await statusOf(strict), await statusOf(untouched)], [400, 400])
  for (const [anyCaseOp, status] of [
    [true, 200],
    [null, 400],
  ] as const) {
    await set(anyCaseOp)
    await new Promise((resolve) => setTimeout(resolve, 5_100))
    t.same([await statusOf(strict), await statusOf(untouched)], [status, 400])
  }
})
