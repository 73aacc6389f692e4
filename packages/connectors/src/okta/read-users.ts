import { take } from '../batch.ts'
import { ConnectorError } from '../connector-error.ts'
import { recordIn, textIn } from './document.ts'
import { OktaNotFound } from './failures.ts'
import { listPages, listPath } from './list-pages.ts'
import type { OktaSource } from './okta-source.ts'
import { groupPages, membersPath } from './read-groups.ts'
import { emptyStep, type Step } from './step.ts'
import { userRecord } from './user-record.ts'
import { deprovisioned } from './user-status.ts'

const path = '/api/v1/users'

/** All users but those who are deactivated. The list is current, where a search lags behind. */
export async function* readUsers(source: OktaSource, at?: string): AsyncGenerator<Step> {
  let found = 0
  for await (const batch of usersIn(source, {}, at)) {
    found += batch.upsert.length + batch.problems.length
    yield batch
  }
  if (found === 0 && at === undefined) await assertNotHidden(source)
}

/** Users who are deactivated. */
export function readDeprovisioned(source: OktaSource, at?: string): AsyncGenerator<Step> {
  return usersIn(source, { filter: `status eq "${deprovisioned}"` }, at)
}

/** Users who have changed since a time, the deactivated ones among them. */
export function readChangedUsers(source: OktaSource, since: string, at?: string): AsyncGenerator<Step> {
  return usersIn(source, { filter: `lastUpdated gt "${since}"` }, at)
}

async function* usersIn(
  { session, config, pageSize }: OktaSource,
  query: { filter?: string },
  at: string | undefined,
): AsyncGenerator<Step> {
  for await (const page of listPages(session, listPath(path, { ...query, limit: pageSize }), at)) {
    const batch = emptyStep(page.next ?? page.path)
    for (const { id, document } of page.records.map(recordIn)) {
      const hasLeft = textIn(document, 'status') === deprovisioned && config.includeDeprovisioned !== true
      const user = userRecord(id, document)
      if (hasLeft) batch.remove.push({ kind: 'user', id })
      else take(batch, user)
    }
    yield batch
  }
}

/**
 * Nobody at all may be nobody that we may see. Whose token it is, is a user, and the group Everyone has all of them: where Okta shows that
 * one, or somebody in this one, there are some.
 * @throws ConnectorError `permission`
 */
async function assertNotHidden(source: OktaSource): Promise<void> {
  if (source.session.isUser) await assertOwnerHidden(source)
  for await (const { records } of groupPages(source, { filter: 'type eq "BUILT_IN"' })) {
    for (const { id } of records.map(recordIn)) {
      const { json } = await source.session.ask(membersPath(id, 1))
      if (!Array.isArray(json) || json.length === 0) continue
      throw new ConnectorError('permission', 'Okta has users, for there are some in a group, and lists none of them.')
    }
  }
}

async function assertOwnerHidden({ session }: OktaSource): Promise<void> {
  const me = await session.ask(`${path}/me`).catch((error: unknown) => {
    const isNobody = error instanceof OktaNotFound || (error instanceof ConnectorError && error.code === 'permission')
    return isNobody ? undefined : Promise.reject(error)
  })
  if (me === undefined) return
  throw new ConnectorError('permission', 'Okta has users, the one of the token among them, and lists none of them.')
}
