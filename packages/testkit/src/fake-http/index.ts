export type { FakeDeed, FakeFault } from './fake-fault.ts'
export { type FakeHttp, startFakeHttp } from './fake-http.ts'
export type { FakeAnswer, FakeRequest } from './fake-request.ts'
export { sourceDeeds } from './source-deeds.ts'
