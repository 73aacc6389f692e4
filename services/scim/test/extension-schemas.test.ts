import t from 'tap'
import { startDirectory, startInstallation } from './support/installation.ts'
import {
  contoso,
  costs,
  custom,
  okta,
  oktaSchema,
  register,
  startRegistered,
  stored,
} from './support/registered-schemas.ts'
import { type ScimBody, urns } from './support/scim-client.ts'

for (const scimProfile of ['compatible', 'strict'] as const) {
  t.test(`#25 #31 #32 #39 #41 registered attributes are typed (${scimProfile})`, async (t) => {
    const { client } = await startRegistered(t, scimProfile)
    const body = { schemas: [urns.user, okta, contoso], userName: 'jane', [contoso]: custom, [okta]: { shoeSize: 46 } }
    const created = await client.send('POST', '/Users', body)
    t.equal(created.status, 201, created.text)
    t.same(created.body.schemas, [urns.user, contoso, okta])
    // `notes` is returned on request; whoever specifies it in a write has asked for it (RFC 7643 §7).
    t.same(created.body[contoso], { ...stored, notes: 'likes tea' })
    t.same(created.body[okta], { shoeSize: 46 })
    const path = `/Users/${created.body.id}`
    const shown = { ...created.body, [contoso]: stored }
    t.same((await client.get(path)).body, shown)
    t.same((await client.get('/Users')).body.Resources, [shown])
    for (const answer of [created, await client.get(`${path}?attributes=${contoso}:pin,${contoso}:notes`)]) {
      t.notMatch(answer.text, /1337/, 'what is only written is never returned')
    }

    const without = { schemas: [urns.user], userName: 'joe' }
    for (const [name, value] of [
      ...[
        ['nickText', 7],
        ['badgeCode', {}],
        ['remote', 'maybe'],
        ['remote', 1],
        ['level', 1.5],
        ['level', '3'],
      ],
      ...[
        ['rate', '1.5'],
        ['hired', 'yesterday'],
        ['photoBytes', '%'],
        ['desk', 1],
        ['tags', [1]],
        ['home', 'x'],
      ],
      ...[
        ['home', [{}, {}]],
        ['licenses', [{ value: 1 }]],
      ],
    ] as [string, unknown][]) {
      const wrong = await client.send('POST', '/Users', {
        ...without,
        schemas: [urns.user, contoso],
        [contoso]: { [name]: value },
      })
      const detail = new RegExp(`^${contoso}:${name}`)
      t.match(wrong, { status: 400, body: { scimType: 'invalidValue', detail } }, `${name}: ${JSON.stringify(value)}`)
      const patched = await client.patch(path, { op: 'replace', path: `${contoso}:${name}`, value })
      t.match(patched, { status: 400, body: { scimType: 'invalidValue', detail } }, `${name} by PATCH`)
    }
    const primaries = [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
    ]
    const two = await client.send('PUT', path, { ...body, [contoso]: { licenses: primaries } })
    t.match(two, { status: 400, body: { scimType: 'invalidValue' } }, '#33 one primary at most')
    t.same((await client.get(path)).body, shown, 'nothing happened')

    const replaced = await client.send('PUT', path, { ...body, [contoso]: { level: 4 }, [okta]: null })
    t.same(replaced.body[contoso], { level: 4 })
    t.same(replaced.body.schemas, [urns.user, contoso])
    t.equal(replaced.body[okta], undefined)
  })
}

t.test('#38 #46 #93 registered attributes that are immutable or required', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const kit = 'urn:acme:kit'
  await register(
    installation,
    { scope },
    {
      id: kit,
      attributes: [
        { name: 'size', required: true },
        { name: 'serial', mutability: 'immutable' },
        { name: 'colour' },
        {
          name: 'parts',
          type: 'complex',
          multiValued: true,
          subAttributes: [{ name: 'value', required: true }, { name: 'type' }],
        },
      ],
    },
  )
  const post = (userName: string, container: unknown) =>
    client.send('POST', '/Users', { schemas: [urns.user, kit], userName, [kit]: container })
  t.match(await post('x', { colour: 'red' }), { status: 400, body: { scimType: 'invalidValue', detail: /kit:size/ } })
  const incomplete = { size: 'M', parts: [{ type: 'a' }] }
  t.match(await post('x', incomplete), { status: 400, body: { scimType: 'invalidValue', detail: /parts\.value/ } })
  const none = await client.addUser('none')
  t.match(await client.patch(`/Users/${none}`, { op: 'add', path: `${kit}:colour`, value: 'red' }), {
    status: 400,
    body: { scimType: 'invalidValue' },
  })
  t.equal((await client.patch(`/Users/${none}`, { op: 'add', path: 'title', value: 'x' })).status, 200)

  const { body } = await post('jane', { size: 'M', colour: 'red' })
  const path = `/Users/${body.id}`
  const serial = (op: string, value: string) => client.patch(path, { op, path: `${kit}:serial`, value })
  t.match(await serial('add', 'S1'), { status: 200, body: { [kit]: { serial: 'S1' } } }, 'set while it has no value')
  t.match(await serial('replace', 'S2'), { status: 400, body: { scimType: 'mutability' } })
  const put = (container: object) =>
    client.send('PUT', path, { schemas: [urns.user, kit], userName: 'jane', [kit]: container })
  t.match(await put({ size: 'M', serial: 'S2' }), { status: 400, body: { scimType: 'mutability' } })
  t.match(await put({ size: 'L', serial: 'S1' }), { status: 200, body: { [kit]: { size: 'L', serial: 'S1' } } })
  t.match(await client.patch(path, { op: 'remove', path: `${kit}:size` }), {
    status: 400,
    body: { scimType: 'mutability' },
  })
})

t.test('#29 #94 #95 PATCH finds registered attributes by their URN, in any case and form', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  const id = await client.addUser('jane', { [contoso]: custom })
  const path = `/Users/${id}`
  const patched = async (...operations: unknown[]): Promise<ScimBody> => {
    const answer = await client.patch(path, ...operations)
    t.equal(answer.status, 200, answer.text)
    t.same((await client.get(path)).body, answer.body)
    return answer.body
  }
  const added = await patched(
    { op: 'add', path: `${okta.toUpperCase()}:SHOESIZE`, value: 44 },
    { op: 'replace', path: `${contoso}:home.floor`, value: 3 },
    { op: 'replace', path: `${contoso}:licenses[type eq "pro"].value`, value: 'L9' },
    { op: 'add', path: `${contoso}:tags`, value: ['green'] },
    { op: 'Replace', path: `${contoso}:remote`, value: 'False' },
    { op: 'remove', path: `${contoso}:licenses[type eq "basic"]` },
    { op: 'remove', path: `${contoso}:rate` },
  )
  t.same(added.schemas, [urns.user, contoso, okta])
  t.same(added[okta], { shoeSize: 44 })
  t.match(added[contoso], { home: { street: 'Main St', floor: 3 }, tags: ['red', 'Blue', 'green'], remote: false })
  t.same((added[contoso] as ScimBody).licenses, [{ value: 'L9', type: 'pro', primary: true }])
  t.notOk('rate' in (added[contoso] as ScimBody))

  t.same((await patched({ op: 'add', value: { [okta]: { hatColour: 'red' } } }))[okta], {
    shoeSize: 44,
    hatColour: 'red',
  })
  t.same((await patched({ op: 'replace', path: okta, value: { shoeSize: 45 } }))[okta], {
    shoeSize: 45,
    hatColour: 'red',
  })
  const flat = { op: 'replace', value: { [`${okta}:hatColour`]: 'blue', [`${contoso}:home.street`]: 'Side St' } }
  t.match(await patched(flat), { [okta]: { hatColour: 'blue' }, [contoso]: { home: { street: 'Side St', floor: 3 } } })
  t.match(await patched({ op: 'add', path: 'shoeSize', value: 43 }), { [okta]: { shoeSize: 43 } }, 'without its URN')
  const removed = await patched({ op: 'remove', path: okta })
  t.same(removed.schemas, [urns.user, contoso])
  t.equal(removed[okta], undefined)
  for (const [operation, scimType] of [
    [{ op: 'replace', path: `${contoso}:grade`, value: 'B' }, 'mutability'],
    [{ op: 'replace', path: `${contoso}:level`, value: 'high' }, 'invalidValue'],
    [{ op: 'replace', value: { [okta]: { shoeSize: 'large' } } }, 'invalidValue'],
  ] as const) {
    t.match(await client.patch(path, operation), { status: 400, body: { scimType } })
  }
})

t.test('#55 #57 #58 #59 #60 #62 filters know registered attributes and their types', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  await client.addUser('jane', { [contoso]: custom, [okta]: { shoeSize: 46 } })
  await client.addUser('joe', { [contoso]: { level: 10, nickText: 'JOE', tags: ['blue'], remote: false } })
  await client.addUser('none')
  for (const [filter, names] of [
    [`${contoso}:level eq 3`, ['jane']],
    [`${contoso}:level gt 3`, ['joe']],
    [`${contoso}:level lt 10 and ${okta}:shoeSize ge 46`, ['jane']],
    [`${contoso}:rate le 1.50`, ['jane']],
    [`${contoso.toUpperCase()}:NICKTEXT eq "jay"`, ['jane']],
    [`${contoso}:nickText sw "jo"`, ['joe']],
    [`${contoso}:badgeCode eq "aB-1"`, ['jane']],
    [`${contoso}:badgeCode eq "AB-1"`, []],
    [`${contoso}:remote eq true`, ['jane']],
    [`${contoso}:remote eq false`, ['joe']],
    [`${contoso}:hired gt "2024-01-15T07:59:59Z"`, ['jane']],
    [`${contoso}:hired eq "2024-01-15T03:00:00-05:00"`, ['jane']],
    [`${contoso}:photoBytes eq "AQID"`, ['jane']],
    [`${contoso}:desk co "desks"`, ['jane']],
    [`${contoso}:tags eq "blue"`, ['jane', 'joe']],
    [`${contoso}:home.floor eq 2`, ['jane']],
    [`${contoso}:licenses[type eq "pro" and value eq "l1"]`, ['jane']],
    [`${contoso}:licenses[type eq "pro" and value eq "L2"]`, []],
    [`${contoso}:licenses co "L2"`, ['jane']],
    [`${contoso}:home pr`, ['jane']],
    [`not (${contoso}:level pr)`, ['none']],
    [`${contoso}:level ne 3`, ['joe', 'none']],
    [`${okta}:hatColour eq null`, ['jane', 'joe', 'none']],
    [`schemas eq "${okta}"`, ['jane']],
    ['shoeSize eq 46', ['jane']],
  ] as const) {
    const { status, body, text } = await client.find('/Users', filter)
    t.equal(status, 200, `${filter}: ${text.slice(0, 200)}`)
    t.same(body.Resources?.map(({ userName }) => userName).sort(), names, filter)
  }
  for (const filter of [
    `${contoso}:level eq "3"`,
    `${contoso}:remote gt true`,
    `${contoso}:level co 3`,
    `${contoso}:hired eq "x"`,
    `${contoso}:photoBytes gt "AQID"`,
    `${contoso}:unknown eq 1`,
  ]) {
    t.match(await client.find('/Users', filter), { status: 400, body: { scimType: 'invalidFilter' } }, filter)
  }
  t.match(await client.find('/Users', `${contoso}:pin eq "1337"`), { status: 403, body: { scimType: 'sensitive' } })
})

t.test('#39 #75 #76 #77 projection of registered attributes', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  const id = await client.addUser('jane', { [contoso]: custom, [okta]: { shoeSize: 46 } })
  const shown = async (query: string) => {
    const { schemas: _, id: __, ...rest } = (await client.get(`/Users/${id}?${query}`)).body
    return rest
  }
  t.same(await shown(`attributes=${contoso}:level,${okta}`), { [contoso]: { level: 3 }, [okta]: { shoeSize: 46 } })
  t.same(await shown(`attributes=${contoso.toLowerCase()}:HOME.street`), { [contoso]: { home: { street: 'Main St' } } })
  t.same(await shown(`attributes=${contoso}:licenses.value`), {
    [contoso]: { licenses: [{ value: 'L1' }, { value: 'L2' }] },
  })
  t.same(await shown(`attributes=${contoso}:notes`), { [contoso]: { notes: 'likes tea' } }, 'returned: request')
  const { [contoso]: rest, [okta]: none } = await shown(
    `excludedAttributes=${okta},${contoso}:tags,${contoso}:home.floor`,
  )
  const { tags: _, home: __, ...others } = stored
  t.same(rest, { ...others, home: { street: 'Main St' } })
  t.equal(none, undefined)
})

t.test('#31 a group has extensions, too', async (t) => {
  const { client } = await startRegistered(t, 'compatible')
  const body = {
    schemas: [urns.group, costs],
    displayName: 'Staff',
    [costs]: { center: 'C1' },
    [okta]: { shoeSize: 1 },
  }
  const created = await client.send('POST', '/Groups', body)
  t.match(created, { status: 201, body: { schemas: [urns.group, costs], [costs]: { center: 'C1' } } })
  t.equal(created.body[okta], undefined, 'what extends users extends no group')
  const path = `/Groups/${created.body.id}`
  await client.patch(path, { op: 'replace', path: `${costs}:center`, value: 'C2' })
  t.match((await client.get(path)).body, { [costs]: { center: 'C2' } })
  t.match((await client.find('/Groups', `${costs}:center eq "c2"`)).body, { totalResults: 1 })
  await client.patch(path, { op: 'remove', path: costs })
  t.same((await client.get(path)).body.schemas, [urns.group])
})

t.test('#117 two organizations with one URN and different definitions never mix', async (t) => {
  const installation = await startInstallation(t)
  const directories = await Promise.all(
    ['integer', 'boolean'].map(async (type) => {
      const scope = await installation.addOrganization(type)
      await register(installation, { scope }, { id: okta, attributes: [{ name: 'shoeSize', type }] })
      return [await installation.addDirectory(scope), await installation.addDirectory(scope)]
    }),
  )
  const plain = await installation.addDirectory(await installation.addOrganization('plain'))
  const values = [46, true]
  const rounds = Array.from({ length: 20 }, (_, round) => round)
  await Promise.all(
    rounds.flatMap((round) =>
      directories.flatMap((own, index) =>
        own.map(async ({ client }) => {
          const post = (value: unknown, name: string) =>
            client.send('POST', '/Users', {
              schemas: [urns.user],
              userName: `${name}${round}`,
              [okta]: { shoeSize: value },
            })
          t.match(await post(values[index], 'mine'), { status: 201, body: { [okta]: { shoeSize: values[index] } } })
          t.match(await post(values[1 - index], 'theirs'), { status: 400, body: { scimType: 'invalidValue' } })
        }),
      ),
    ),
  )
  const answer = await plain.client.send('POST', '/Users', {
    schemas: [urns.user],
    userName: 'x',
    [okta]: { shoeSize: 46 },
  })
  t.equal(answer.body[okta], undefined, 'who registered nothing has nothing')
  t.notMatch((await plain.client.get('/Schemas')).text, okta)
})

t.test('a schema that is registered or changed counts within five seconds', async (t) => {
  const { client, installation, scope } = await startDirectory(t)
  const post = (userName: string) =>
    client.send('POST', '/Users', { schemas: [urns.user, okta], userName, [okta]: { shoeSize: 46, hatColour: 'red' } })
  t.equal((await post('before')).body[okta], undefined)
  await register(installation, { scope }, { id: okta, attributes: [{ name: 'shoeSize', type: 'integer' }] })
  await new Promise((resolve) => setTimeout(resolve, 5_100))
  t.same((await post('registered')).body[okta], { shoeSize: 46 })
  await register(installation, { scope }, oktaSchema)
  await new Promise((resolve) => setTimeout(resolve, 5_100))
  t.same((await post('changed')).body[okta], { shoeSize: 46, hatColour: 'red' })
})
