import { readSchema, slapdIsMissing, startSlapd } from '@muster/testkit/slapd'
import t from 'tap'
import type { Checkpoint } from '../src/page.ts'
import { type Heard, hear, hearDelta } from './support/hear.ts'
import { emptyTree, entry, group, groupDn, people, person, reader, suffix, userDn } from './support/ldap-tree.ts'
import { byUserName, membersByName, openLdap } from './support/open-ldap.ts'

const skip = slapdIsMissing()

function names({ users }: Heard): string[] {
  return users.map(({ userName }) => userName).sort()
}

/** As if an entry had last been changed long ago: a server stamps changes with the time itself. */
const longAgo = { createTimestamp: '20200101000000Z', modifyTimestamp: '20200101000000Z' }

t.test('changes by modifyTimestamp, and who is there by a sweep', { skip }, async (t) => {
  const uids = ['kept', 'changed', 'deleted', 'moved', 'left', 'renamed']
  const slapd = await startSlapd(t, {
    ldif: [
      emptyTree.replaceAll('\n\n', '\ncreateTimestamp: 20200101000000Z\nmodifyTimestamp: 20200101000000Z\n\n'),
      entry(`ou=away,${suffix}`, { objectClass: 'organizationalUnit', ou: 'away', ...longAgo }),
      ...uids.map((uid) => person(uid, { ...longAgo, employeeType: 'staff' })),
      group('team', uids.map(userDn)).replace(/\n$/, `\nmodifyTimestamp: ${longAgo.modifyTimestamp}\n`),
      group('still', [userDn('kept')]).replace(/\n$/, `\nmodifyTimestamp: ${longAgo.modifyTimestamp}\n`),
    ].join('\n'),
  })
  const config = { userFilter: '(employeeType=staff)', baseDN: people, groupBaseDN: suffix, pageSize: 2 }
  const connector = await openLdap(t, slapd, config)
  const before = await hear(connector.snapshot())
  const idOf = (userName: string) => byUserName(before, userName)?.id
  const since = before.checkpoint
  t.notMatch(since, reader.password)

  const unchanged = await hearDelta(connector, since)
  t.same([unchanged.users, unchanged.groups, unchanged.pages.at(-1)?.complete], [[], [], 'all'])
  t.equal(unchanged.present.length, 8)

  await slapd.change(`dn: ${userDn('changed')}
changetype: modify
replace: title
title: Boss

dn: ${userDn('deleted')}
changetype: delete

dn: ${userDn('moved')}
changetype: modrdn
newrdn: uid=moved
deleteoldrdn: 0
newsuperior: ou=away,${suffix}

dn: ${userDn('left')}
changetype: modify
replace: employeeType
employeeType: guest

dn: ${userDn('renamed')}
changetype: modrdn
newrdn: uid=anew
deleteoldrdn: 1

dn: ${userDn('added')}
changetype: add
objectClass: inetOrgPerson
cn: Added
sn: Added
employeeType: staff

dn: ${groupDn('still')}
changetype: modify
add: member
member: ${userDn('anew')}
`)
  const delta = await hearDelta(connector, since)
  t.same(names(delta), ['added', 'anew', 'changed'])
  t.equal(byUserName(delta, 'anew')?.id, idOf('renamed'), 'a rename keeps the id')
  t.match(byUserName(delta, 'changed')?.attributes, { title: 'Boss' })
  const present = new Set(delta.present.map(({ id }) => id))
  t.same(
    ['deleted', 'moved', 'left'].filter((name) => present.has(idOf(name) ?? '')),
    [],
    'gone from the sweep',
  )
  t.ok(present.has(idOf('kept') ?? ''))
  t.equal(delta.pages.at(-1)?.complete, 'all')
  t.match(delta.groups, [{ name: 'still', members: 'complete' }], 'what overlays change of a group leaves no mark')
  t.same(membersByName(delta).get('still'), [userDn('kept'), userDn('anew')], 'a group that was changed is read whole')

  const [first] = delta.pages
  const resumed = await hearDelta(connector, first?.checkpoint)
  t.same(names(resumed), names(delta))

  await slapd.change(
    `dn: ou=away,${suffix}\nchangetype: modrdn\nnewrdn: ou=inside\ndeleteoldrdn: 1\nnewsuperior: ${people}\n`,
  )
  await t.rejects(hearDelta(connector, since), { code: 'checkpointExpired', message: /container/ })
  t.ok(names(await hear(connector.snapshot())).includes('moved'), 'what came with it is found by reading all')

  for (const garbage of ['', 'nonsense', '{}', since.replace('"version":1', '"version":2')]) {
    await t.rejects(hearDelta(connector, garbage as Checkpoint), { code: 'checkpointExpired' })
    await t.rejects(hear(connector.snapshot(garbage as Checkpoint)), { code: 'checkpointExpired' })
  }
  const otherwise = await openLdap(t, slapd, { ...config, userFilter: '(uid=*)' })
  await t.rejects(hearDelta(otherwise, since), { code: 'checkpointExpired', message: /configuration/ })
})

/** What Active Directory has and the schema for OpenLDAP does not. */
const activeDirectoryDefinitions = [
  "attributetype ( 1.2.840.113556.1.4.99901 NAME 'highestCommittedUSN' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )",
  "attributetype ( 1.2.840.113556.1.4.99902 NAME 'dsServiceName' SYNTAX 1.3.6.1.4.1.1466.115.121.1.12 SINGLE-VALUE )",
  "objectclass ( 1.2.840.113556.1.5.99903 NAME 'nTDSDSA' SUP top STRUCTURAL MUST ( cn $ invocationId ) )",
  "objectclass ( 1.2.840.113556.1.5.99904 NAME 'securityPrincipal' SUP top AUXILIARY MAY ( sAMAccountName ) )",
]

/** There it knows no order of change numbers, without which nothing is asked for by them. */
function orderedNumbers(schema: string): string {
  return schema.replace(/(NAME 'uSNChanged')/, '$1 EQUALITY integerMatch ORDERING integerOrderingMatch')
}

function adUser(name: string, guid: string, usn: number, more: Readonly<Record<string, string>> = {}): string {
  const base = { cn: name, sn: name, sAMAccountName: name, instanceType: '4', nTSecurityDescriptor: 'x' }
  const numbers = { uSNChanged: String(usn), uSNCreated: '10', userAccountControl: '512' }
  const text = entry(`cn=${name},${people}`, {
    objectClass: ['user', 'securityPrincipal'],
    objectCategory: `cn=person,${suffix}`,
    ...base,
    ...numbers,
    ...more,
  })
  return text.replace(/\n$/, `\nobjectGUID:: ${Buffer.from(guid, 'hex').toString('base64')}\n`)
}

t.test('Active Directory: GUIDs, disabled accounts, changes by uSNChanged', { skip }, async (t) => {
  const service = `cn=NTDS Settings,${suffix}`
  const root = ['highestCommittedUSN: 100', `dsServiceName: ${service}`]
  const treeOf = (invocation: string) =>
    [
      emptyTree,
      entry(service, { objectClass: 'nTDSDSA', cn: 'NTDS Settings', invocationId: invocation }),
      adUser('jane', '00112233445566778899aabbccddeeff', 50, { proxyAddresses: 'smtp:alias@example.test' }),
      adUser('john', 'ff112233445566778899aabbccddeeff', 60, { userAccountControl: '514' }),
      entry(groupDn('team'), {
        objectClass: 'group',
        cn: 'team',
        groupType: '2',
        instanceType: '4',
        nTSecurityDescriptor: 'x',
        objectCategory: `cn=group,${suffix}`,
        objectGUID: '0123456789abcdef',
        uSNChanged: '70',
        member: [`cn=jane,${people}`],
      }),
    ].join('\n')
  const slapd = await startSlapd(t, {
    ldif: treeOf('first-invocation'),
    definitions: [orderedNumbers(await readSchema('msuser')), ...activeDirectoryDefinitions],
    rootEntry: root,
  })
  const config = { flavour: 'activeDirectory', userFilter: '(objectClass=user)' } as const
  const connector = await openLdap(t, slapd, config)
  const snapshot = await hear(connector.snapshot())
  t.match(byUserName(snapshot, 'jane'), {
    id: '33221100-5544-7766-8899-aabbccddeeff',
    active: true,
    emails: [{ value: 'alias@example.test' }],
    attributes: { objectGUID: '33221100-5544-7766-8899-aabbccddeeff', userAccountControl: '512' },
  })
  t.notOk('uSNChanged' in (byUserName(snapshot, 'jane')?.attributes ?? {}))
  t.equal(byUserName(snapshot, 'john')?.active, false)
  t.same(membersByName(snapshot).get('team'), [`cn=jane,${people}`])
  t.match((await connector.check()).warnings, [/not encrypted/])

  const since = snapshot.checkpoint
  await slapd.change(`dn: cn=john,${people}
changetype: modify
replace: userAccountControl
userAccountControl: 512
-
replace: uSNChanged
uSNChanged: 101
`)
  const delta = await hearDelta(connector, since)
  t.match(delta.users, [{ userName: 'john', active: true }])
  t.same([delta.users.length, delta.groups.length, delta.present.length], [1, 0, 3])
  t.equal(delta.pages.at(-1)?.complete, 'all')

  await slapd.start(treeOf('second-invocation'))
  await t.rejects(hearDelta(connector, since), { code: 'checkpointExpired', message: /Another server/ })
})
