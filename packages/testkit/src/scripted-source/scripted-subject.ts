import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectorSubject, PopulationChange, PopulationUser } from '@muster/connectors/conformance'
import { type SourceFaultName, sourceFaultNames } from '@muster/connectors/conformance'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { definitionOf, scriptedDefinition } from './scripted-definition.ts'
import { createScriptedSource, type ScriptedSource } from './scripted-source.ts'
import type { ScriptedUser, SourceSettings } from './source-state.ts'

const pageSize = 5

interface SubjectOptions extends Partial<SourceSettings> {
  /** Where sources are kept as files; in memory without it. */
  folder?: string
}

/** The scripted source as a subject of the connector conformance suite: it shows everything. */
export function scriptedSubject({ folder, ...settings }: SubjectOptions = {}): ConnectorSubject {
  const fileOf = (host: string) => join(folder ?? '', `${host}.json`)
  const sources = new Map<string, ScriptedSource>()
  const inMemory = definitionOf((host) => {
    const source = sources.get(host)
    if (source === undefined) throw new Error(`there is no scripted source ${host}`)
    return source.store
  })
  const hasDelta = settings.delta !== 'none'
  return {
    name: ['scripted source', ...Object.values(settings), ...(folder === undefined ? [] : ['in files'])].join(', '),
    definition: folder === undefined ? inMemory : scriptedDefinition({ file: fileOf }),
    pageRecordsMax: pageSize,
    hugeGroup: 3 * pageSize,
    delta: hasDelta ? 'shown' : { lacks: 'this source is set to have none' },
    faults: Object.fromEntries(sourceFaultNames.map((name) => [name, 'shown'])) as Record<SourceFaultName, 'shown'>,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const host = `source-${sources.size}.test`
      const file = folder === undefined ? {} : { file: fileOf(host) }
      const source = createScriptedSource({ pageSize, password: `password of ${host}`, ...file, ...settings })
      sources.set(host, source)
      source.users.set(...population.users.map(asUser))
      source.groups.set(
        ...population.groups.map(({ key, ...group }) => ({ id: key, ...group, members: group.members.map(asMember) })),
      )
      const outbound = createOutbound({ allowedHosts: [] })
      return {
        config: source.config(host),
        outbound,
        faultPlaces: 8,
        change: async (changes) => {
          for (const change of changes) apply(source, change)
        },
        inject: async (fault, page) => {
          const before = source.eventsHappened()
          source.script({ at: { page }, does: fault })
          return {
            struck: async () => {
              while (source.eventsHappened() === before) await wait(5)
            },
          }
        },
        heal: async () => source.script(),
        failing: async (access) => {
          if (access === 'wrongCredentials') return { ...source.config(host), password: 'not-the-password' }
          const does = access === 'unreachable' ? 'unreachable' : 'permissionRevoked'
          source.script({ at: { round: 'check' }, does }, { at: {}, does })
          return source.config(host)
        },
        connectionsOpen: () => source.connectorsOpen(),
        close: () => outbound.close(),
      }
    },
  }
}

function asUser({ key, ...user }: PopulationUser): ScriptedUser {
  return { id: key, ...user, references: [`cn=${key},dc=acme`] }
}

/** Every other user is a member by reference, with another case than the user says. */
function asMember(key: string) {
  return key.startsWith('u-') && Number(key.at(-1)) % 2 === 0 ? { reference: `CN=${key},DC=acme` } : { id: key }
}

function apply(source: ScriptedSource, change: PopulationChange): void {
  switch (change.does) {
    case 'addUser':
      source.users.set(asUser(change.user))
      break
    case 'renameUser':
      source.users.update(change.key, { userName: change.userName })
      break
    case 'disableUser':
      source.users.update(change.key, { active: false })
      break
    case 'removeUser':
      source.users.remove(change.key)
      break
    case 'addGroup': {
      const { key, name, members } = change.group
      source.groups.set({ id: key, name, members: members.map(asMember) })
      break
    }
    case 'renameGroup':
      source.groups.update(change.key, { name: change.name })
      break
    case 'removeGroup':
      source.groups.remove(change.key)
      break
    case 'join':
      source.groups.addMembers(change.groupKey, asMember(change.memberKey))
      break
    case 'leave':
      source.groups.removeMembers(change.groupKey, asMember(change.memberKey))
      break
  }
}
