import {
  activateDirectory,
  createDirectory,
  createDirectoryGroup,
  createDirectoryUsers,
  type Directory,
  findDirectory,
  loadExtensionSchemas,
  type Transaction,
} from '@muster/repository'
import { newUuid } from '@muster/runtime/type-ids'
import { type Dialect, groupResourceType, parseGroup, profileOf, resourceTypesWith } from '@muster/scim'
import { found } from '../ids.ts'
import { planTestDirectory } from './test-directory-plan.ts'
import { newUserDocument } from './user-document.ts'

/** Users that are stored by one statement. */
const usersTogether = 250

/** What a directory understands, as its SCIM endpoint would. */
export async function dialectOf(tx: Transaction, directory: Directory): Promise<Dialect> {
  const schemas = await loadExtensionSchemas(tx)
  return { types: resourceTypesWith(schemas), profile: profileOf(directory.scimProfile, directory.scimFlags) }
}

/** A SCIM directory that was in use since just now, filled by the verbs that SCIM requests are carried out by. */
export async function createTestDirectory(
  tx: Transaction,
  options: { name: string; users: number; groups: number; domain: string },
): Promise<Directory> {
  const { name } = options
  const directory = await createDirectory(tx, { name, type: 'SCIM', scimProfile: 'compatible', isTest: true })
  const { directoryId } = directory
  await activateDirectory(tx, directoryId)
  const dialect = await dialectOf(tx, directory)
  const plan = planTestDirectory(options)
  const ids = plan.people.map(() => newUuid())
  const drafts = plan.people.map(({ attributes, manager }, at) => ({
    directoryUserId: ids[at] ?? '',
    document: newUserDocument(dialect, attributes, manager === undefined ? undefined : ids[manager]),
  }))
  for (let from = 0; from < drafts.length; from += usersTogether) {
    await createDirectoryUsers(tx, directoryId, drafts.slice(from, from + usersTogether))
  }
  for (const group of plan.groups) {
    const body = { schemas: [groupResourceType.schema.id], displayName: group.name }
    const { document } = parseGroup(body, dialect)
    const draft = { directoryGroupId: newUuid(), document, uniqueName: dialect.profile.uniqueGroupNames }
    const members = group.members.flatMap((at) => ids[at] ?? [])
    await createDirectoryGroup(tx, directoryId, draft, members)
  }
  return found(await findDirectory(tx, directoryId))
}
