import { settleDirectoryUsers } from './directory-users-step.ts'
import type { SettlementKind } from './settlement.ts'
import type { Step } from './step.ts'

/** A kind of settlement is one line here. */
export const steps: Readonly<Partial<Record<SettlementKind, Step>>> = {
  directory_users: settleDirectoryUsers,
}
