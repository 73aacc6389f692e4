import type { FakeAnswer, FakeRequest } from './fake-request.ts'

/**
 * What a fake source does instead of answering. `reset`: cuts the connection. `hang`: never answers. `truncate`: ends in the middle of
 * the body. `gone`: cuts all connections and takes no new ones. An answer is given in place of the true one; a function makes it of the
 * true one.
 */
export type FakeDeed =
  | 'reset'
  | 'hang'
  | 'truncate'
  | 'gone'
  | FakeAnswer
  | ((answer: FakeAnswer, request: FakeRequest) => FakeAnswer)

/** Something that goes wrong at the n-th request for data since it was scripted, from 1. */
export interface FakeFault {
  at: number
  /** Also at every request for data behind that one: trying again does not help. */
  onwards: boolean
  does: FakeDeed
}
