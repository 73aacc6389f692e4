import { randomInt } from 'node:crypto'
import { changeMembers, createDirectoryGroup, deleteDirectoryGroup, finishDirectoryGroup } from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { groupResourceType, parseGroup } from '@muster/scim'
import { chooseGroup, chooseUser, lockGroup, namedGroup, namedUser } from './chosen.ts'
import type { Scene, Simulation } from './simulation.ts'
import type { SimulationData } from './simulation-data.ts'

const membership = { group: 'text', user: 'text' } as const

export const groupSimulations: Readonly<Record<string, Simulation>> = {
  'directory.group.created': { data: { name: 'text' }, run: createGroup },
  'directory.group.updated': { data: { group: 'text', name: 'text' }, run: renameGroup },
  'directory.group.deleted': { data: { group: 'text' }, run: deleteGroup },
  'directory.group.user_added': { data: membership, run: addUser },
  'directory.group.user_removed': { data: membership, run: removeUser },
}

async function createGroup(scene: Scene, data: SimulationData): Promise<void> {
  const draft = draftOf(scene, newUuid(), data.text('name') ?? madeUpName())
  await createDirectoryGroup(scene.tx, scene.directory.directoryId, draft, [])
}

async function renameGroup(scene: Scene, data: SimulationData): Promise<void> {
  const group = await lockGroup(scene, await chosenIn(scene, data))
  const draft = draftOf(scene, group.directoryGroupId, data.text('name') ?? madeUpName())
  if (draft.document.displayName === group.displayName) return
  const none = await changeMembers(scene.tx, group, [])
  await finishDirectoryGroup(scene.tx, group, draft, none)
}

async function deleteGroup(scene: Scene, data: SimulationData): Promise<void> {
  await deleteDirectoryGroup(scene.tx, await lockGroup(scene, await chosenIn(scene, data)))
}

async function addUser(scene: Scene, data: SimulationData): Promise<void> {
  const user = data.text('user')
  const named = user === undefined ? undefined : await chooseUser(scene, 'the one that is named', namedUser(user))
  const lacks = named ?? 'somebody'
  const groupId = await chooseGroup(scene, 'one that the user can join', { ...namedGroup(data.text('group')), lacks })
  const userId = named ?? (await chooseUser(scene, 'outside the group', { noMemberOf: groupId }))
  await changeMember(scene, groupId, 'add', userId)
}

async function removeUser(scene: Scene, data: SimulationData): Promise<void> {
  const user = data.text('user')
  const named = user === undefined ? undefined : await chooseUser(scene, 'the one that is named', namedUser(user))
  const has = named ?? 'somebody'
  const groupId = await chooseGroup(scene, 'one that the user can leave', { ...namedGroup(data.text('group')), has })
  const userId = named ?? (await chooseUser(scene, 'in the group', { memberOf: groupId }))
  await changeMember(scene, groupId, 'remove', userId)
}

async function changeMember(scene: Scene, groupId: string, kind: 'add' | 'remove', userId: string): Promise<void> {
  const group = await lockGroup(scene, groupId)
  const changes = await changeMembers(scene.tx, group, [{ kind, ids: [userId] }])
  await finishDirectoryGroup(scene.tx, group, undefined, changes)
}

function chosenIn(scene: Scene, data: SimulationData): Promise<string> {
  const named = data.text('group')
  return chooseGroup(scene, named === undefined ? 'there' : 'the one that is named', namedGroup(named))
}

function draftOf({ dialect }: Scene, directoryGroupId: string, displayName: string) {
  const { document } = parseGroup({ schemas: [groupResourceType.schema.id], displayName }, dialect)
  return { directoryGroupId, document, uniqueName: dialect.profile.uniqueGroupNames }
}

function madeUpName(): string {
  return `Task force ${randomInt(10_000, 1_000_000)}`
}
