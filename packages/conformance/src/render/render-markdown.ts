import type { CheckResult, ConformanceReport } from '../report.ts'
import { cut } from '../shown.ts'
import { verdict } from './verdict.ts'

const marks = { passed: '✓', failed: '✗', skipped: '–' } as const

/** A report for an issue or a wiki: the summary, a table a section, then the failures. */
export function renderMarkdown(report: ConformanceReport): string {
  const { baseUrl, profile, startedAt, results, counts } = report
  const sections = [...new Set(results.map(({ section }) => section))]
  const failures = results.filter(({ outcome }) => outcome === 'failed')
  return [
    '# SCIM 2.0 conformance',
    '',
    `\`${baseUrl}\`, profile ${profile}, ${startedAt}: **${verdict(report)}**`,
    '',
    '| level | passed | failed | skipped |',
    '| --- | ---: | ---: | ---: |',
    ...Object.entries(counts).map(([level, { passed, failed, skipped }]) => row(level, passed, failed, skipped)),
    ...sections.flatMap((section) => [
      '',
      `## ${section}`,
      '',
      '| | points | check | level |',
      '| --- | --- | --- | --- |',
      ...results.filter((result) => result.section === section).map(resultRow),
    ]),
    ...(failures.length > 0 ? ['', '## Failures'] : []),
    ...failures.flatMap(renderFailure),
    '',
  ].join('\n')
}

function resultRow({ outcome, points, title, level, reason }: CheckResult): string {
  const about = outcome === 'skipped' ? `${title} (${reason})` : title
  return row(marks[outcome], points.map((number) => `#${number}`).join(' '), about, level)
}

function renderFailure({ title, level, source, failure, reason }: CheckResult): string[] {
  const exchange = failure?.exchange
  return [
    '',
    `### ${title}`,
    '',
    `- level: ${level}, ${source}`,
    ...(failure ? [`- expected: ${code(failure.expected)}`] : []),
    `- got: ${code(failure?.got ?? reason ?? '')}`,
    ...(exchange ? [`- request: ${code(`${exchange.method} ${exchange.path}`)}`] : []),
    ...(exchange?.body === undefined ? [] : [`- body: ${code(cut(exchange.body, 1_000))}`]),
    ...(exchange ? [`- answer: ${code(cut(`${exchange.status} ${exchange.answer}`, 1_000))}`] : []),
  ]
}

function row(...cells: (string | number)[]): string {
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
}

/** A code span that may hold backticks. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ')
  return flat.includes('`') ? `\`\` ${flat} \`\`` : `\`${flat}\``
}
