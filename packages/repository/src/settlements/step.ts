import type { Transaction } from '../database/transaction.ts'

/** How far a settlement has come: the last directory and the last id that are done; nulls at the beginning. */
export interface Position {
  directoryId: string | null
  id: string | null
}

export interface StepInput {
  /** Of the settlement; null: all. */
  directoryId: string | null
  holdId: string | null
  after: Position
}

/** What a step did; `next` is undefined at the end. */
export interface StepOutcome {
  done: number
  next: Position | undefined
}

/** One piece of a settlement, in one transaction. */
export type Step = (tx: Transaction, input: StepInput) => Promise<StepOutcome>
