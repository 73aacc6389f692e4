export { type FakeOkta, type FakeOktaOptions, startFakeOkta } from './fake-okta.ts'
export { fakeOktaSubject } from './fake-okta-subject.ts'
