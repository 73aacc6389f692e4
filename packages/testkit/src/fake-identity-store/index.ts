export {
  type FakeIdentityStore,
  type FakeIdentityStoreConfig,
  type FakeIdentityStoreOptions,
  startFakeIdentityStore,
} from './fake-identity-store.ts'
export { fakeIdentityStoreSubject } from './fake-identity-store-subject.ts'
