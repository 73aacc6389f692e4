import { emptyBatch, take } from '../batch.ts'
import type { GoogleSource } from './google-source.ts'
import { assertNotHidden } from './not-hidden.ts'
import { readPresent } from './read-present.ts'
import type { Step } from './step.ts'
import { userPages } from './user-pages.ts'
import { toUser } from './user-record.ts'

/** All users of the scope, from a page on. */
export async function* readUsers(source: GoogleSource, resume: string | undefined): AsyncGenerator<Step> {
  let found = resume !== undefined
  let last: string | undefined
  for await (const { items, token, next } of userPages(source, 'whole', resume)) {
    found ||= items.length > 0
    if (next === undefined && !found) await assertNotHidden(source)
    const batch = emptyBatch()
    for (const user of items) take(batch, toUser(user))
    last = next ?? token
    yield { ...batch, pageToken: last, isLast: last === undefined }
  }
  if (last !== undefined) yield* readPresent('user', userPages(source, 'ids'), last)
}
