import type { Api } from '../api/api.ts'
import type { OrganizationChoice } from './users.ts'

export interface DirectorySyncQuestion extends OrganizationChoice {
  metric: 'directory.sync'
  /** Such as `last_30_days`; or `from` and `to`. */
  period?: string
  /** Dates (UTC), such as `2026-11-01`; both inclusive. */
  from?: string
  to?: string
  directoryId?: string
}

export interface DirectorySyncMetrics {
  syncCount: number
  usersCreated: number
  usersUpdated: number
  usersDeleted: number
  /** Milliseconds; null when nothing was synced. */
  avgDuration: number | null
  /** 0 to 1; null when nothing was synced. */
  errorRate: number | null
  lastSync: string | null
  /** One entry a day, days without anything included. */
  days: ({ date: string } & Record<string, unknown>)[]
  [name: string]: unknown
}

/** `$.Analytics` */
export interface Analytics {
  get(question: DirectorySyncQuestion): Promise<DirectorySyncMetrics>
}

const paths: Record<DirectorySyncQuestion['metric'], string> = { 'directory.sync': '/api/analytics/directory-sync' }

export function createAnalytics(api: Api): Analytics {
  return {
    get: async ({ metric, ...query }) => {
      const path = paths[metric]
      if (path === undefined) throw new TypeError(`There is no metric ${metric}, but ${Object.keys(paths).join(', ')}`)
      return api.send({ path, query })
    },
  }
}
