import type { ConformanceReport } from '../report.ts'

/** The whole report, as it is. */
export function renderJson(report: ConformanceReport): string {
  return JSON.stringify(report, undefined, 2)
}
