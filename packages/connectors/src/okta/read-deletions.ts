import { ConnectorError } from '../connector-error.ts'
import type { JsonValue, ResourceKey, SourceDocument } from '../source-record.ts'
import { asDocument, textIn } from './document.ts'
import { listPages, listPath } from './list-pages.ts'
import type { OktaSource } from './okta-source.ts'
import { emptyStep, type Step } from './step.ts'

const path = '/api/v1/logs'
/** Events a page, of 1,000 at most. */
const eventsPerPage = 200

/** Events that say that something is gone, and of what kind (developer.okta.com/docs/reference/api/event-types). */
const deletions = {
  'user.lifecycle.delete.completed': { kind: 'user', target: 'User' },
  'group.lifecycle.delete': { kind: 'group', target: 'UserGroup' },
  'system.import.group.delete': { kind: 'group', target: 'UserGroup' },
} as const satisfies Record<string, { kind: ResourceKey['kind']; target: string }>

/** How long the System Log keeps its events. */
export const logMilliseconds = 90 * 24 * 3_600_000

/**
 * Who was deleted since a time, as the System Log has it. It is asked without an end, which is by when an event was stored: of those
 * between two times some come late. Such a list always names a next page, and ends where an empty one is.
 * @throws ConnectorError `checkpointExpired` when it may not be read: then only everything tells who is gone
 */
export async function* readDeletions(source: OktaSource, since: string, at?: string): AsyncGenerator<Step> {
  const pages = listPages(source.session, logPath(since, eventsPerPage), at)
  try {
    for await (const page of pages) {
      if (page.records.length === 0) return
      yield { ...emptyStep(page.next ?? page.path), remove: page.records.flatMap(deletedIn) }
    }
  } catch (error) {
    if (!isForbidden(error)) throw error
    throw new ConnectorError('checkpointExpired', 'The System Log may not be read, which alone says who was deleted.')
  }
}

/** Whether the System Log may be read. @throws ConnectorError */
export async function tellsDeletions({ session }: OktaSource, now: Date): Promise<boolean> {
  return session.ask(logPath(now.toISOString(), 1)).then(
    () => true,
    (error: unknown) => (isForbidden(error) ? false : Promise.reject(error)),
  )
}

function logPath(since: string, limit: number): string {
  const filter = Object.keys(deletions).map((type) => `eventType eq "${type}"`)
  return listPath(path, { since, sortOrder: 'ASCENDING', filter: filter.join(' or '), limit })
}

function isForbidden(error: unknown): boolean {
  return error instanceof ConnectorError && error.code === 'permission'
}

function deletedIn(record: unknown): ResourceKey[] {
  const event = asDocument(record)
  const type = textIn(event, 'eventType') ?? ''
  if (!isDeletion(type) || asDocument(event?.outcome)?.result !== 'SUCCESS') return []
  const { kind, target } = deletions[type]
  return targetsOf(event).flatMap((one) => {
    const id = one?.type === target ? textIn(one, 'id') : undefined
    return id === undefined ? [] : [{ kind, id }]
  })
}

function isDeletion(type: string): type is keyof typeof deletions {
  return Object.hasOwn(deletions, type)
}

function targetsOf(event: SourceDocument | undefined): (SourceDocument | undefined)[] {
  const targets: JsonValue | undefined = event?.target
  return Array.isArray(targets) ? targets.map(asDocument) : []
}
