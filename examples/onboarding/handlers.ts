import { $, on, veto } from '@muster/sdk'
import { say } from '../config.ts'

const themes: Record<string, string> = { Engineering: 'dark', Sales: 'light' }

// Before somebody comes into being: what Muster does not know becomes metadata.
on($.Directory.user.beforeCreate, ({ user, directory }) => {
  if (user.email?.endsWith('@contractor.example')) return veto('Contractors have accounts of another kind.')
  user.preferences = { theme: themes[user.profile.department ?? ''] ?? 'system' }
  user.source = directory.name
  return user
})

on($.Directory.user.created, ({ user }) => say(`welcome ${user.email} ${JSON.stringify(user.metadata)}`))

on($.Directory.user.updated, ({ user, changes }) => {
  if (changes.department) say(`${user.email} moved from ${changes.department.from} to ${changes.department.to}`)
})

on([$.Directory.user.deactivated, $.Directory.user.deleted], ({ user }) => {
  say(`goodbye ${user.email}: sessions end at ${user.sessionsRevokedAt}`)
})
