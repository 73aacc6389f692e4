import type { ConformanceReport } from '../report.ts'

/** The outcome of a run in one sentence. */
export function verdict({ conformant, interrupted, counts, results, durationMs }: ConformanceReport): string {
  const failed = counts.MUST.failed + counts.OURS.failed
  const warnings = counts.SHOULD.failed
  const notes = counts.MAY.failed
  const said = [
    `${failed} ${failed === 1 ? 'failure' : 'failures'}`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(notes > 0 ? [`${notes} not offered`] : []),
  ]
  const seconds = (durationMs / 1_000).toFixed(1)
  const judgement = interrupted ? 'interrupted' : conformant ? 'conformant' : 'not conformant'
  return `${judgement}: ${said.join(', ')} in ${results.length} checks (${seconds} s)`
}
