import { settleDirectoryUsers } from './directory-users-step.ts'
import { releaseHold } from './hold-step.ts'
import { settleRolesOfPeople } from './roles-step.ts'
import type { SettlementKind } from './settlement.ts'
import type { Step } from './step.ts'

/** A kind of settlement is one line here. */
export const steps: Readonly<Record<SettlementKind, Step>> = {
  directory_users: settleDirectoryUsers,
  hold: releaseHold,
  roles: settleRolesOfPeople,
}
