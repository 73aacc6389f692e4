import { show } from './match.ts'
import type { Outcome, Report, ReportEntry } from './report.ts'

const marks: Record<Outcome, string> = { passed: 'ok', failed: 'FAILED', skipped: 'skipped' }
const headings = ['', 'what', 'name', 'request', 'expected', 'got'] as const

/** Draws a report as a plain text table, each failure with its differences, request, expectation and answer below it. */
export function renderReport(report: Report): string {
  const rows = report.entries.map((entry) => [
    marks[entry.outcome],
    entry.section,
    entry.name,
    entry.request ? `${entry.request.method} ${new URL(entry.request.url).pathname}` : '',
    summary(entry.expected),
    summary(entry.got),
  ])
  const widths = headings.map((heading, index) =>
    Math.max(heading.length, ...rows.map((row) => row[index]?.length ?? 0)),
  )
  const failed = report.entries.filter(({ outcome }) => outcome === 'failed').length
  return [
    `${report.transcript} (${report.dialect}), run ${report.run}`,
    '',
    line(headings, widths),
    line(
      widths.map((width) => '-'.repeat(width)),
      widths,
    ),
    ...report.entries.flatMap((entry, index) => [line(rows[index] ?? [], widths), ...details(entry)]),
    '',
    `${report.ok ? 'ok' : 'FAILED'}: ${report.entries.length - failed} of ${report.entries.length} in ${report.durationMs} ms`,
    '',
  ].join('\n')
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd()
}

function details({ differences, outcome, request, expected, got }: ReportEntry): string[] {
  if (outcome === 'passed') return []
  const context = [
    ...(request ? [`request   ${request.method} ${request.url} ${request.body ? show(request.body) : ''}`] : []),
    ...(expected === null ? [] : [`expected  ${show(expected)}`]),
    ...(got === null ? [] : [`got       ${show(got)}`]),
  ]
  return [
    ...differences.map((difference) => `      - ${difference}`),
    ...context.map((text) => `        ${text.trimEnd()}`),
  ]
}

/** The status of an answer; other values are too long for a cell. */
function summary(value: ReportEntry['expected']): string {
  if (typeof value === 'string') return value.length > 20 ? '' : value
  if (typeof value !== 'object' || value === null || !('status' in value)) return ''
  return Array.isArray(value.status) ? value.status.join('/') : show(value.status)
}
