import { setTimeout as wait } from 'node:timers/promises'
import type { Connector, ConnectorContext, ConnectorDefinition, ConnectorType, MemberKey } from '@muster/connectors'
import { removeResource, setGroups, setUsers } from './edit-state.ts'
import { memberText } from './member-text.ts'
import { scriptedConnector } from './scripted-connector.ts'
import { definitionOf } from './scripted-definition.ts'
import {
  type ScriptedEvent,
  type ScriptedGroup,
  type ScriptedPlace,
  type ScriptedUser,
  type SourceNote,
  type SourceSettings,
  type SourceState,
  settingsDefault,
} from './source-state.ts'
import { fileStore, memoryStore, type SourceStore } from './source-store.ts'

const reachedMillisecondsMax = 60_000

interface ScriptedResources<One extends { id: string }> {
  /** Creates them, or puts them in place of those with the same ids. */
  set(...resources: One[]): void
  /** Changes some of one. */
  update(id: string, changes: Partial<Omit<One, 'id'>>): void
  /** Deletes them, and the memberships that mean them. */
  remove(...ids: string[]): void
  list(): readonly One[]
}

/** A page that waits. */
export interface Gate {
  /** Resolves once a connector waits at it, in whatever process. */
  reached(): Promise<void>
  /** Lets it go on, and everybody who comes later. */
  release(): void
}

export interface ScriptedSource {
  /** Where it is kept. */
  store: SourceStore
  users: ScriptedResources<ScriptedUser>
  groups: ScriptedResources<ScriptedGroup> & {
    addMembers(groupId: string, ...members: MemberKey[]): void
    removeMembers(groupId: string, ...members: MemberKey[]): void
  }
  configure(settings: Partial<SourceSettings>): void
  /** What happens from now on, in place of what was said before. */
  script(...events: ScriptedEvent[]): void
  /** Makes a page wait, beside what the script says. */
  pauseAt(place: ScriptedPlace, times?: number): Gate
  /** All checkpoints there are become expired. */
  forget(): void
  /** Pages that were handed out, by all connectors and processes. */
  pagesServed(): number
  /** How often something of the script happened, pauses included. */
  eventsHappened(): number
  /** Connectors that were opened and not closed. */
  connectorsOpen(): number
  /** What a configuration must hold. */
  config(host?: string): { host: string; account: string; password: string }
  definition(type?: ConnectorType): ConnectorDefinition
  connector(context: ConnectorContext): Connector
}

/**
 * A remote directory that a test writes and that breaks as its script says. It is in memory, or in a file, for connectors of other
 * processes (`scriptedDefinition`).
 */
export function createScriptedSource(options: Partial<SourceSettings> & { file?: string } = {}): ScriptedSource {
  const { file, ...settings } = options
  const initial = emptyState({ ...settingsDefault, ...settings })
  const store = file === undefined ? memoryStore(initial) : fileStore(file, initial)
  const count = (kind: SourceNote['kind']) => store.notes().filter((note) => note.kind === kind).length
  let gates = 0
  return {
    store,
    users: usersOf(store),
    groups: groupsOf(store),
    configure: (changes) => store.change((state) => void Object.assign(state.settings, changes)),
    script: (...events) =>
      store.change((state) => {
        // Events are counted by their place in the script: those of before stay, as ones that never happen again.
        state.script = [...state.script.map((event) => ({ ...event, times: 0 })), ...events]
      }),
    pauseAt: (at, times) => {
      gates += 1
      const gate = `gate ${gates}`
      store.change((state) => void state.script.push({ at, does: { pause: gate }, ...(times && { times }) }))
      return {
        reached: () => reached(store, gate),
        release: () => store.change((state) => void state.openGates.push(gate)),
      }
    },
    forget: () =>
      store.change((state) => {
        state.epoch += 1
      }),
    pagesServed: () => count('page'),
    eventsHappened: () => count('event'),
    connectorsOpen: () => count('opened') - count('closed'),
    config: (host = 'scripted.test') => ({ host, account: 'reader', password: store.read().settings.password }),
    definition: (type) => definitionOf(() => store, type),
    connector: (context) => scriptedConnector(store, store.read().settings.password, context),
  }
}

function usersOf(store: SourceStore): ScriptedSource['users'] {
  return {
    set: (...users) => store.change((state) => setUsers(state, users)),
    update: (id, changes) => store.change((state) => setUsers(state, [{ ...found(state.users, id), ...changes }])),
    remove: (...ids) =>
      store.change((state) => {
        for (const id of ids) removeResource(state, 'user', id)
      }),
    list: () => store.read().users,
  }
}

function groupsOf(store: SourceStore): ScriptedSource['groups'] {
  const setMembers = (groupId: string, edit: (members: readonly MemberKey[]) => readonly MemberKey[]) =>
    store.change((state) => {
      const group = found(state.groups, groupId)
      setGroups(state, [{ ...group, members: edit(group.members) }])
    })
  return {
    set: (...groups) => store.change((state) => setGroups(state, groups)),
    update: (id, changes) => store.change((state) => setGroups(state, [{ ...found(state.groups, id), ...changes }])),
    remove: (...ids) =>
      store.change((state) => {
        for (const id of ids) removeResource(state, 'group', id)
      }),
    list: () => store.read().groups,
    addMembers: (groupId, ...members) => setMembers(groupId, (before) => [...before, ...members]),
    removeMembers: (groupId, ...members) => {
      const gone = new Set(members.map(memberText))
      setMembers(groupId, (before) => before.filter((member) => !gone.has(memberText(member))))
    },
  }
}

async function reached(store: SourceStore, gate: string): Promise<void> {
  const deadline = Date.now() + reachedMillisecondsMax
  while (!store.notes().some((note) => note.kind === 'paused' && note.gate === gate)) {
    if (Date.now() > deadline) throw new Error(`nobody came to ${gate} of the scripted source`)
    await wait(10)
  }
}

function emptyState(settings: SourceSettings): SourceState {
  return { settings, users: [], groups: [], journal: [], sequence: 0, epoch: 1, script: [], openGates: [] }
}

function found<One extends { id: string }>(list: readonly One[], id: string): One {
  const one = list.find((each) => each.id === id)
  if (one === undefined) throw new Error(`the scripted source has no ${id}`)
  return one
}
