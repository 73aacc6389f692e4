import { type Mapping, parseMapping, parseSyncFilters } from '@muster/people'
import type { Test } from 'tap'
import {
  changeSettings,
  type Database,
  finishSettlement,
  type Impact,
  type OrganizationScope,
  previewSettings,
  read,
  type SettingsChange,
  type SettingsOutcome,
  settleEverybody,
} from '../../src/index.ts'
import { addDirectory, cause, type TestDirectory, userDocument } from './directory.ts'
import { openInstallation } from './installation.ts'
import { allUsers } from './reading.ts'

/** Settings as an administrator writes them. */
interface Asked {
  filters?: object
  mapping?: Mapping
  order?: readonly TestDirectory[]
}

/** An organization whose settings change. Without a directory the organization's own are meant. */
export interface SettingsStage {
  database: Database
  scope: OrganizationScope
  preview(asked: Asked, directory?: TestDirectory): Promise<Impact>
  /** Changes settings and derives everybody by them. */
  change(asked: Asked, directory?: TestDirectory): Promise<SettingsOutcome>
  finish(outcome: SettingsOutcome): Promise<void>
  settleAgain(): Promise<SettingsOutcome>
  /** userName → person. */
  people(): Promise<Map<string, Record<string, unknown> & { id: string }>>
  activeNames(): Promise<string[]>
  holdStates(): Promise<string[]>
}

export function stageOf(database: Database, scope: OrganizationScope): SettingsStage {
  const finish = async ({ settlementIds }: SettingsOutcome) => {
    for (const id of settlementIds) await finishSettlement(database, scope, id, { deadlineMilliseconds: 60_000 })
  }
  const people = async () => {
    const users = [...(await allUsers(database, scope)).values()] as (Record<string, unknown> & { id: string })[]
    return new Map(users.map((user) => [String(user.username), user]))
  }
  return {
    database,
    scope,
    finish,
    people,
    preview: async (asked, directory) =>
      there(await previewSettings(database, scope, changeOf(asked, directory), { deadlineMilliseconds: 60_000 })),
    change: async (asked, directory) => {
      const outcome = there(await changeSettings(database, scope, cause, changeOf(asked, directory)))
      await finish(outcome)
      return outcome
    },
    settleAgain: async () => {
      const outcome = there(await settleEverybody(database, scope, cause, null))
      await finish(outcome)
      return outcome
    },
    activeNames: async () => {
      const active = [...(await people())].filter(([, user]) => user.state === 'active')
      return active.map(([name]) => name).sort()
    },
    holdStates: async () => {
      const holds = await read(database, scope, ({ db }) =>
        db.selectFrom('holds').select('status').orderBy('hold_id').execute(),
      )
      return holds.map(({ status }) => status)
    },
  }
}

export async function openSettingsStage(t: Test, { guarded = false } = {}) {
  const { database, addOrganization } = await openInstallation(t)
  const scope = await addOrganization('Acme', { guarded })
  const directory = await addDirectory(database, scope, 'Okta')
  return { ...stageOf(database, scope), directory, addDirectory: (name: string) => addDirectory(database, scope, name) }
}

/** Users named `<prefix>-<number>@acme.test`, made at once. */
export async function addUsers(directory: TestDirectory, prefix: string, count: number): Promise<string[]> {
  const documents = Array.from({ length: count }, (_, index) => userDocument(`${prefix}-${index}@acme.test`))
  return (await directory.createUsers(documents)).filter((id) => id !== undefined)
}

function changeOf({ filters, mapping, order }: Asked, directory: TestDirectory | undefined): SettingsChange {
  return {
    directoryId: directory?.directoryId ?? null,
    syncFilters: filters && parseSyncFilters(filters),
    mapping: mapping && parseMapping(mapping),
    directoryOrder: order?.map(({ directoryId }) => directoryId),
  }
}

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('There is no such directory')
  return value
}
