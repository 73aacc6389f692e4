import { $, on } from '@muster/sdk'
import { say } from '../config.ts'

/** What the members of a group may do. */
const groupRoles: Record<string, readonly string[]> = {
  Engineering: ['developer', 'api-access'],
  Sales: ['crm-access'],
}

on($.Directory.group.userAdded, async ({ user, group }) => {
  for (const roleId of groupRoles[group.name] ?? []) {
    await $.User.assign.Role({ userId: user.id, roleId })
    say(`+ ${user.email} ${roleId}`)
  }
})

on($.Directory.group.userRemoved, async ({ user, group }) => {
  for (const roleId of groupRoles[group.name] ?? []) {
    await $.User.unassign.Role({ userId: user.id, roleId })
    say(`- ${user.email} ${roleId}`)
  }
})
