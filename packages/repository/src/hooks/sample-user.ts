import { newUuid, toTypeId } from '@muster/runtime/type-ids'
import type { Reader } from '../database/read.ts'
import type { DirectoryReference } from '../organizations/directory-reference.ts'
import { getOrganization } from '../organizations/organizations.ts'
import { toUserView } from '../people/views/user-view.ts'
import type { ShownUser } from './shown-user.ts'

/** Somebody who is nobody, of a directory that there is not: what a hook is tried with. */
export async function sampleUser(
  reader: Reader,
): Promise<{ directory: DirectoryReference; shown: ShownUser; view: Record<string, unknown> }> {
  const { organizationId } = reader
  const { name: organizationName, adminEmail } = await getOrganization(reader)
  const [userId, directoryId, now] = [newUuid(), newUuid(), new Date()]
  const attributes = {
    ...{ email: 'sample.user@example.com', username: 'sample.user@example.com', firstName: 'Sample', lastName: 'User' },
    ...{ department: 'Engineering', title: 'Engineer' },
  }
  const view = toUserView({
    ...{ user_id: userId, attributes, state: 'active', directory_id: directoryId, directory_name: 'Sample directory' },
    ...{ organization_id: organizationId, organization_name: organizationName, idp_id: null, manager_id: null },
    ...{ metadata: {}, pinned: {}, groups: null, roles: null, created_at: now, updated_at: now },
    ...{ sessions_revoked_at: null, last_login_at: null },
  })
  const directory: DirectoryReference = {
    ...{ id: toTypeId('directory', directoryId), name: 'Sample directory', type: 'SCIM' },
    organization: { id: toTypeId('organization', organizationId), name: organizationName, adminEmail },
  }
  return { directory, shown: { id: toTypeId('user', userId), attributes, members: Object.keys(view) }, view }
}
