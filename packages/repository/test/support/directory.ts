import type { Cause } from '@muster/events'
import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { JsonObject, MemberStep } from '@muster/scim'
import {
  changeMembers,
  createDirectory,
  createDirectoryGroup,
  createDirectoryUsers,
  type Database,
  type DirectoryGroupRow,
  deleteDirectoryGroup,
  deleteDirectoryUsers,
  findDirectoryGroup,
  finishDirectoryGroup,
  lockDirectoryGroup,
  lockDirectoryUsers,
  type OrganizationScope,
  read,
  type Transaction,
  transact,
  updateDirectoryUsers,
} from '../../src/index.ts'

export const cause: Cause = { kind: 'system', id: 'test' }

/** One directory and what a source says to it: each verb is one transaction, composed as the SCIM service composes it. */
export interface TestDirectory {
  directoryId: string
  typeId: string
  /** The ids of the users that are new; a taken userName gives undefined. */
  createUsers(documents: readonly JsonObject[]): Promise<(string | undefined)[]>
  createUser(document: JsonObject): Promise<string>
  /** Stores the document that `change` makes of the present one; false when there is no such user. */
  updateUser(id: string, change: (document: JsonObject) => JsonObject): Promise<boolean>
  patchUser(id: string, changes: JsonObject): Promise<boolean>
  deleteUsers(ids: readonly string[]): Promise<number>
  createGroup(name: string, memberIds?: readonly string[]): Promise<string>
  renameGroup(id: string, name: string): Promise<boolean>
  changeMembers(id: string, steps: readonly MemberStep[]): Promise<boolean>
  deleteGroup(id: string): Promise<boolean>
  findGroup(id: string): Promise<DirectoryGroupRow | undefined>
  memberIds(groupId: string): Promise<string[]>
}

export async function addDirectory(
  database: Database,
  scope: OrganizationScope,
  name = 'Directory',
): Promise<TestDirectory> {
  const run = <T>(work: (tx: Transaction) => Promise<T>) => transact(database, scope, cause, work)
  const { directoryId } = await run((tx) => createDirectory(tx, { name, type: 'SCIM', scimProfile: 'compatible' }))
  const createUsers = async (documents: readonly JsonObject[]) => {
    const drafts = documents.map((document) => ({ directoryUserId: newUuid(), document }))
    const stored = await run((tx) => createDirectoryUsers(tx, directoryId, drafts))
    return drafts.map((draft) => (stored.has(draft.directoryUserId) ? draft.directoryUserId : undefined))
  }
  const updateUser: TestDirectory['updateUser'] = (id, change) =>
    run(async (tx) => {
      const locked = (await lockDirectoryUsers(tx, directoryId, [id], { withGroups: false })).get(id)
      if (locked === undefined) return false
      await updateDirectoryUsers(tx, directoryId, [{ directoryUserId: id, document: change(locked.document) }])
      return true
    })
  const findGroup = (id: string) =>
    read(database, scope, (reader) => findDirectoryGroup(reader, directoryId, id, { membersMax: 100_000 }))
  return {
    directoryId,
    typeId: toTypeId('directory', directoryId),
    createUsers,
    createUser: async (document) => {
      const [id] = await createUsers([document])
      if (id === undefined) throw new Error('The userName is taken')
      return id
    },
    updateUser,
    patchUser: (id, changes) => updateUser(id, (document) => ({ ...document, ...changes })),
    deleteUsers: (ids) => run((tx) => deleteDirectoryUsers(tx, directoryId, ids)),
    ...groupVerbs(run, directoryId),
    findGroup,
    memberIds: async (groupId) => ((await findGroup(groupId))?.members ?? []).map((member) => member.value),
  }
}

type Run = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>

function groupVerbs(run: Run, directoryId: string) {
  const onGroup = (
    id: string,
    work: (tx: Transaction, group: NonNullable<Awaited<ReturnType<typeof lockDirectoryGroup>>>) => Promise<unknown>,
  ) =>
    run(async (tx) => {
      const group = await lockDirectoryGroup(tx, directoryId, id)
      if (group !== undefined) await work(tx, group)
      return group !== undefined
    })
  return {
    createGroup: (name: string, memberIds: readonly string[] = []) =>
      run(async (tx) => {
        const directoryGroupId = newUuid()
        const draft = { directoryGroupId, document: { displayName: name }, uniqueName: true }
        await createDirectoryGroup(tx, directoryId, draft, memberIds)
        return directoryGroupId
      }),
    renameGroup: (id: string, name: string) =>
      onGroup(id, async (tx, group) => {
        const document = { ...group.document, displayName: name }
        const none = await changeMembers(tx, { directoryId, directoryGroupId: id }, [])
        await finishDirectoryGroup(tx, group, { directoryGroupId: id, document, uniqueName: true }, none)
      }),
    changeMembers: (id: string, steps: readonly MemberStep[]) =>
      onGroup(id, async (tx, group) => {
        const changes = await changeMembers(tx, { directoryId, directoryGroupId: id }, steps)
        await finishDirectoryGroup(tx, group, undefined, changes)
      }),
    deleteGroup: (id: string) => onGroup(id, deleteDirectoryGroup),
  }
}

/** A user document: the userName is an address and stands as the one email, too. */
export function userDocument(userName: string, more: JsonObject = {}): JsonObject {
  return { userName, emails: [{ value: userName, type: 'work', primary: true }], active: true, ...more }
}
