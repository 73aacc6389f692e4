import type { User } from '../generated/events.ts'
import { type Happenings, isVeto, type UserDraft } from './happenings.ts'
import type { Registry } from './registry.ts'

type Happening = Happenings['directory.user.before_create']

/** What is said of one person: whom an answer leaves out, the policy of the hook decides about. */
export type Decision =
  | { id: string; action: 'proceed'; user?: Record<string, unknown> }
  | { id: string; action: 'veto'; reason?: string }

/**
 * Asks the `beforeCreate` handlers about each person, all people at once and the handlers one after the other, each with
 * what the one before made of the person. A handler that throws leaves its person without a decision.
 */
export async function decideAll(
  registry: Registry,
  users: readonly User[],
  { rest, report }: { rest: Omit<Happening, 'user'>; report: (error: unknown) => void },
): Promise<Decision[]> {
  const decisions = await Promise.all(
    users.map((user) =>
      decide(registry, user, rest).catch((error: unknown) => {
        report(error)
      }),
    ),
  )
  return decisions.flatMap((decision) => decision ?? [])
}

async function decide(registry: Registry, original: User, rest: Omit<Happening, 'user'>): Promise<Decision> {
  const { id } = original
  let user: UserDraft = structuredClone({ ...original })
  for (const handler of registry.handlersOf('directory.user.before_create')) {
    const outcome = await handler({ ...rest, user })
    if (isVeto(outcome)) return { id, action: 'veto', ...(outcome.reason !== undefined && { reason: outcome.reason }) }
    if (typeof outcome === 'object' && outcome !== null) user = outcome
  }
  const changes = changedMembers(original, user)
  return { id, action: 'proceed', ...(Object.keys(changes).length > 0 && { user: changes }) }
}

/** Members whose JSON is another than before. */
function changedMembers(original: User, draft: UserDraft): Record<string, unknown> {
  const before = new Map<string, unknown>(Object.entries(original))
  return Object.fromEntries(
    Object.entries(draft).filter(
      ([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(before.get(name)),
    ),
  )
}
