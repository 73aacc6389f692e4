export { type FakeGraph, type FakeGraphOptions, type GraphPermission, startFakeGraph } from './fake-graph.ts'
export { fakeGraphSubject } from './fake-graph-subject.ts'
export type { FakeSubscription, LifecycleEvent, Subscriptions } from './subscriptions.ts'
