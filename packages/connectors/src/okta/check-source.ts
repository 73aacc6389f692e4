import type { CheckResult } from '../connector.ts'
import { countUsers } from '../count-users.ts'
import { recordIn } from './document.ts'
import { isEveryone } from './group-record.ts'
import type { OktaSource } from './okta-source.ts'
import { tellsDeletions } from './read-deletions.ts'
import { groupPages, membersPath, noGroups } from './read-groups.ts'
import { readDeprovisioned, readUsers } from './read-users.ts'
import type { Step } from './step.ts'

/** Counts the users, and asks once for all else that a sync reads. @throws ConnectorError */
export async function checkSource(source: OktaSource): Promise<CheckResult> {
  const counted = await countUsers(listedUsers(source), ({ upsert, problems }) => upsert.length + problems.length)
  const warnings = [
    ...(source.session.isEncrypted ? [] : ['The connection is not encrypted.']),
    ...(counted.userCount > 0 ? [] : ['Okta lists no user.']),
    ...(await groupWarnings(source)),
    ...((await tellsDeletions(source, new Date()))
      ? []
      : ['The System Log may not be read: every run reads everything, for nothing else says who was deleted.']),
  ]
  return { ...counted, warnings }
}

async function groupWarnings(source: OktaSource): Promise<string[]> {
  let seesEveryone = false
  let first: string | undefined
  for await (const { records } of groupPages(source, {})) {
    for (const { id, document } of records.map(recordIn)) {
      seesEveryone ||= isEveryone(document)
      first ??= id
    }
    if (seesEveryone) break
  }
  if (first === undefined) throw noGroups()
  await source.session.ask(membersPath(first, 1))
  return seesEveryone
    ? []
    : ['The account does not see the group Everyone: it may be limited to some groups and see their users only.']
}

async function* listedUsers(source: OktaSource): AsyncGenerator<Step> {
  yield* readUsers(source)
  if (source.config.includeDeprovisioned === true) yield* readDeprovisioned(source)
}
