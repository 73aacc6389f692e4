import { slapdIsMissing, startSlapd } from '@muster/testkit/slapd'
import t, { type Test } from 'tap'
import { failureOf } from './support/failure-of.ts'
import { hear } from './support/hear.ts'
import {
  emptyTree,
  entry,
  group,
  groupDn,
  groups,
  people,
  person,
  reader,
  suffix,
  userDn,
} from './support/ldap-tree.ts'
import { byUserName, membersByName, openLdap } from './support/open-ldap.ts'

const skip = slapdIsMissing()

t.test('a tree of users and groups is read whole', { skip }, async (t) => {
  const crowd = Array.from({ length: 5_000 }, (_, index) => `crowd${index}`)
  const slapd = await startSlapd(t, {
    limits: [`limits dn.exact="${reader.dn}" size=unlimited`],
    ldif: [
      emptyTree,
      person('jane', {
        mail: ['jane@example.test', 'j.doe@example.test'],
        displayName: 'Jane Döe',
        manager: userDn('boss'),
        employeeNumber: '7',
        jpegPhoto: '\u0000ÿ',
      }),
      entry(`uid=boss,${people}`, { objectClass: 'inetOrgPerson', uid: 'boss', cn: 'Boss', sn: 'B' }),
      entry(`cn=Nameless,${people}`, { objectClass: 'inetOrgPerson', cn: 'Nameless', sn: 'N' }),
      ...crowd.map((uid) => entry(userDn(uid), { objectClass: 'account', uid })),
      group('crowd', crowd.map(userDn)),
      group('staff', [`UID=Jane , OU=People,${suffix}`, groupDn('crowd'), `uid=nobody,${people}`]),
      entry(groupDn('unique'), {
        objectClass: 'groupOfUniqueNames',
        cn: 'unique',
        uniqueMember: `${userDn('boss')}#'01'B`,
      }),
      entry(groupDn('posix'), { objectClass: 'posixGroup', cn: 'posix', gidNumber: '7', memberUid: ['jane', 'boss'] }),
      entry(groupDn('no-one'), { objectClass: 'posixGroup', cn: 'no-one', gidNumber: '8' }),
    ].join('\n'),
  })
  const connector = await openLdap(t, slapd, { attributes: ['carLicense', 'roomNumber'], pageSize: 2 })
  const check = await connector.check()
  t.same(check, { userCount: 3, warnings: ['The connection is not encrypted.'] })

  const picture = await hear(connector.snapshot())
  t.same(
    picture.pages.map((page) => page.complete).filter((complete) => complete !== undefined),
    ['all'],
  )
  t.equal(picture.pages.at(-1)?.complete, 'all', 'the last page says so')
  t.ok(picture.pages.every((page) => page.upsert.length <= 1_000))
  t.match(picture.problems, [{ code: 'userNameMissing', key: { kind: 'user' } }])
  const jane = byUserName(picture, 'jane')
  t.match(jane, {
    id: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    references: [userDn('jane'), 'uid:jane'],
    active: true,
    displayName: 'Jane Döe',
    emails: [{ value: 'jane@example.test' }, { value: 'j.doe@example.test' }],
    attributes: {
      entryUUID: jane?.id,
      distinguishedName: userDn('jane'),
      mail: ['jane@example.test', 'j.doe@example.test'],
      sn: 'jane',
      employeeNumber: '7',
      manager: userDn('boss'),
      jpegPhoto: undefined,
      modifyTimestamp: undefined,
      userPassword: undefined,
    },
  })
  t.same(byUserName(picture, 'boss')?.emails, [])
  t.equal(picture.groups.length, 5)
  t.ok(picture.groups.every(({ members }) => members === 'complete'))
  const members = membersByName(picture)
  t.equal(new Set(members.get('crowd')).size, 5_000)
  t.same(members.get('staff'), [userDn('jane'), groupDn('crowd'), `uid=nobody,${people}`])
  t.same(members.get('unique'), [userDn('boss')])
  t.same(members.get('posix')?.sort(), ['uid:boss', 'uid:jane'])
  t.same(members.get('no-one'), [], 'empty, and known to be')

  const [start] = picture.pages
  const resumed = await hear(connector.snapshot(start?.checkpoint))
  t.same(resumed.users, picture.users, 'a phase that broke off begins again')
  const groupsOnly = picture.pages.find((page) => page.upsert.some(({ kind }) => kind === 'group'))
  const rest = await hear(connector.snapshot(groupsOnly?.checkpoint))
  t.same([rest.users.length, rest.groups.length], [0, 5], 'users were done')
})

t.test('what the server leaves out ends the reading', { skip }, async (t) => {
  const many = Array.from({ length: 12 }, (_, index) => person(`user${index}`)).join('\n')
  const slapd = await startSlapd(t, {
    ldif: [
      emptyTree,
      many,
      group('all', [userDn('user1')]),
      entry(`ou=elsewhere,${suffix}`, {
        objectClass: ['referral', 'extensibleObject'],
        ou: 'elsewhere',
        ref: `ldap://other.example.test/ou=elsewhere,${suffix}`,
      }),
      entry(`ou=hidden,${suffix}`, { objectClass: 'organizationalUnit', ou: 'hidden' }),
      entry(`ou=inner,ou=hidden,${suffix}`, { objectClass: 'organizationalUnit', ou: 'inner' }),
      entry(`cn=modest,${suffix}`, {
        objectClass: ['simpleSecurityObject', 'organizationalRole'],
        cn: 'modest',
        userPassword: 'modest-secret',
      }),
      entry(`cn=limited,${suffix}`, {
        objectClass: ['simpleSecurityObject', 'organizationalRole'],
        cn: 'limited',
        userPassword: 'limited-secret',
      }),
    ].join('\n'),
    limits: [`limits dn.exact="cn=limited,${suffix}" size=5`],
    acl: [
      'access to attrs=userPassword by anonymous auth by * none',
      `access to dn.exact="ou=hidden,${suffix}" by dn.exact="cn=modest,${suffix}" read by * search`,
      `access to dn.subtree="ou=hidden,${suffix}" by * none`,
      `access to dn.subtree="${groups}" attrs=member by dn.exact="cn=modest,${suffix}" none by users read`,
      `access to dn.subtree="${groups}" by dn.exact="cn=limited,${suffix}" none by users read`,
      'access to * by users read',
    ],
  })
  const modest = { bindDN: `cn=modest,${suffix}`, bindPassword: 'modest-secret' }
  const limited = { bindDN: `cn=limited,${suffix}`, bindPassword: 'limited-secret' }
  const fails = async (config: Parameters<typeof openLdap>[2], code: string, message: RegExp) => {
    const connector = await openLdap(t, slapd, config)
    const errors = [await failureOf(connector.check()), await failureOf(hear(connector.snapshot()))]
    for (const error of errors) t.match(error, { name: 'ConnectorError', code, message }, String(message))
  }
  await fails({}, 'incomplete', /refers to another/)
  await fails({ ...limited, baseDN: people, groupBaseDN: people, pageSize: 3 }, 'incomplete', /4 sizeLimitExceeded/)
  await fails({ baseDN: `dc=missing,${suffix}` }, 'configuration', /32 noSuchObject/)
  await fails({ baseDN: `ou=hidden,${suffix}` }, 'permission', /may not read the base/)
  await fails({ baseDN: `ou=inner,ou=hidden,${suffix}` }, 'configuration', /32 noSuchObject/)
  await fails({ ...modest, baseDN: `ou=hidden,${suffix}` }, 'permission', /has entries below it/)
  await fails({ bindPassword: 'wrong' }, 'credentials', /49 invalidCredentials/)
  await fails({ bindDN: `cn=nobody,${suffix}` }, 'credentials', /49 invalidCredentials/)
  await fails({ idAttribute: 'employeeNumber', baseDN: people }, 'permission', /have no employeeNumber/)

  const reading = await openLdap(t, slapd, { referrals: 'ignore' })
  t.equal((await hear(reading.snapshot())).users.length, 12)
  await assertUnderPrivileged(t, slapd, modest, limited)
})

async function assertUnderPrivileged(t: Test, slapd: { port: number }, modest: object, limited: object): Promise<void> {
  const unseeing = await openLdap(t, slapd, { ...modest, baseDN: people, groupBaseDN: groups })
  t.match((await unseeing.check()).warnings, [/not encrypted/, /No group shows members/])
  const heard = await hear(unseeing.snapshot())
  t.match(heard.groups, [{ name: 'all', members: 'unread' }], 'nobody is taken to have left')
  t.same(heard.edges, [])

  const groupless = await openLdap(t, slapd, { ...limited, baseDN: userDn('user1'), groupBaseDN: people })
  t.match((await groupless.check()).warnings, [/not encrypted/, /No group matches/])
  const hidden = await openLdap(t, slapd, { ...limited, baseDN: userDn('user1'), groupBaseDN: groups })
  t.match(await failureOf(hidden.check()), { code: 'configuration' }, 'a base of groups that is hidden')
}

t.test('an emptied tree is empty, and a stopped server is not', { skip }, async (t) => {
  const slapd = await startSlapd(t, { ldif: `${emptyTree}\n${person('jane')}` })
  const connector = await openLdap(t, slapd)
  t.equal((await hear(connector.snapshot())).users.length, 1)
  await slapd.stop()
  t.match(await failureOf(hear(connector.snapshot())), { code: 'unreachable', message: /ECONNREFUSED/ })
  await slapd.start(emptyTree)
  const empty = await hear(connector.snapshot())
  t.same([empty.users, empty.groups, empty.pages.at(-1)?.complete], [[], [], 'all'])
  t.match((await connector.check()).warnings, [/not encrypted/, /No user/, /No group/])
  await slapd.start('')
  const asManager = await openLdap(t, slapd, { bindDN: slapd.managerDN, bindPassword: slapd.managerPassword })
  t.match(await failureOf(hear(asManager.snapshot())), { code: 'configuration' }, 'not even a base')
})
