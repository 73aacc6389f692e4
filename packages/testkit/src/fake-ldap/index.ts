export type { FakeEvent, FakeFault } from './fake-fault.ts'
export { type FakeLdap, startFakeLdap } from './fake-ldap.ts'
export { fakeLdapBase, fakeLdapBind, fakeLdapConfig, fakeLdapSubject } from './fake-ldap-subject.ts'
export type { FakeLdapOptions } from './fake-server.ts'
