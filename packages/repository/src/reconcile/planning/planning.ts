import type { SyncPurpose, SyncScan } from '../../sync-tables.ts'
import type { RunOfDirectory } from './staged.ts'

/** What is planned: one run over one directory. */
export interface Planning extends RunOfDirectory {
  purpose: SyncPurpose
  scan: SyncScan
  /** Whether whoever was not read is gone. */
  readAll: boolean
  /** Complete scans that a user must be missing from to be deleted. */
  deleteAfterScans: number
}
