import type { Population, PopulationChange, PopulationGroup, PopulationUser } from '@muster/connectors/conformance'
import type { FakeDirectory } from './directory-shapes.ts'

/** Fills a directory with a sample population. */
export function populate(directory: FakeDirectory, { users, groups }: Population): void {
  for (const user of users) addSample(directory, user)
  // Groups first: one may have another as a member that stands behind it.
  for (const { key, name } of groups) directory.addGroup({ key, name })
  for (const { key, members } of groups) {
    for (const member of members) directory.join(directory.idOf(key), directory.idOf(member))
  }
}

function addSample(directory: FakeDirectory, { key, userName, displayName, active }: PopulationUser): void {
  directory.addUser({ key, userName, displayName, active })
}

function addSampleGroup(directory: FakeDirectory, { key, name, members }: PopulationGroup): void {
  directory.addGroup({ key, name, members: members.map(directory.idOf) })
}

/** Does to a directory what the conformance suite wants changed. */
export function applyChange(directory: FakeDirectory, change: PopulationChange): void {
  const { idOf } = directory
  switch (change.does) {
    case 'addUser':
      addSample(directory, change.user)
      break
    case 'renameUser':
      directory.updateUser(idOf(change.key), { userName: change.userName })
      break
    case 'disableUser':
      directory.updateUser(idOf(change.key), { active: false })
      break
    case 'removeUser':
      directory.removeUser(idOf(change.key))
      break
    case 'addGroup':
      addSampleGroup(directory, change.group)
      break
    case 'renameGroup':
      directory.updateGroup(idOf(change.key), { name: change.name })
      break
    case 'removeGroup':
      directory.removeGroup(idOf(change.key))
      break
    case 'join':
    case 'leave':
      directory[change.does](idOf(change.groupKey), idOf(change.memberKey))
  }
}
