import { createOutbound } from '@muster/runtime/outbound/outbound'
import t, { type Test } from 'tap'

/** A client whose names all lead to these addresses. */
function open(t: Test, allowedHosts: string[], addresses: string[]) {
  const looked: string[] = []
  const resolve = async (name: string) => {
    looked.push(name)
    return addresses
  }
  const outbound = createOutbound({ allowedHosts, resolve })
  t.teardown(() => outbound.close())
  return { outbound, looked }
}

const encrypted = { encrypted: true }
const plain = { encrypted: false }

t.test('hosts of sockets obey the rules of URLs', async (t) => {
  const { outbound, looked } = open(t, [], ['93.184.215.14', '2606:4700::1111'])
  t.same(await outbound.addressesOf('LDAP.Example.com.', encrypted), ['93.184.215.14', '2606:4700::1111'])
  t.same(looked, ['ldap.example.com'])
  t.same(await outbound.addressesOf('8.8.8.8', encrypted), ['8.8.8.8'])
  t.same(await outbound.addressesOf('2606:4700::1111', encrypted), ['2606:4700::1111'])
  t.equal(looked.length, 1, 'an address is not looked up')

  for (const host of ['10.0.0.1', '0x7f.1', '2130706433', '::1', '::ffff:10.0.0.1', 'localhost', 'dc.corp.internal']) {
    await t.rejects(outbound.addressesOf(host, encrypted), { code: 'invalidValue', detail: /public address/ }, host)
  }
  for (const host of ['', 'a b', 'a/b', 'user@host', 'host:389', '[::1]', 'a?b', 'a#b', 'a\\b']) {
    await t.rejects(outbound.addressesOf(host, encrypted), { code: 'invalidValue' }, `"${host}"`)
  }
  await t.rejects(outbound.addressesOf('ldap.example.com', plain), { code: 'invalidValue', detail: /TLS/ })
  t.equal(looked.length, 1, 'none of them was looked up')

  const mixed = open(t, [], ['93.184.215.14', '10.0.0.1'])
  await t.rejects(mixed.outbound.addressesOf('ldap.example.com', encrypted), { code: 'addressRefused' })
  await t.rejects(open(t, [], []).outbound.addressesOf('ldap.example.com', encrypted), { code: 'resolve' })
})

t.test('an allowed host may be private, and plain when it is the one that is named', async (t) => {
  const named = open(t, ['ldap.corp'], ['10.0.0.1']).outbound
  for (const how of [plain, encrypted]) t.same(await named.addressesOf('LDAP.corp', how), ['10.0.0.1'])
  const addressed = open(t, ['10.0.0.0/8'], ['10.0.0.1']).outbound
  t.same(await addressed.addressesOf('10.0.0.9', plain), ['10.0.0.9'])
  t.same(await addressed.addressesOf('ldap.corp', encrypted), ['10.0.0.1'])
  await t.rejects(addressed.addressesOf('ldap.corp', plain), { code: 'invalidValue' }, 'any name could lead there')
})
