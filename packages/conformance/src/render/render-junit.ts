import { bindingLevels, type CheckResult, type ConformanceReport } from '../report.ts'

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** A report for CI servers: a suite a section, a case a check. What only warns is no failure there. */
export function renderJunit({ results, durationMs, profile }: ConformanceReport): string {
  const sections = [...new Set(results.map(({ section }) => section))]
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="SCIM 2.0 conformance, profile ${profile}" ${totals(results)} time="${seconds(durationMs)}">`,
    ...sections.flatMap((section) => {
      const own = results.filter((result) => result.section === section)
      return [`  <testsuite name="${xml(section)}" ${totals(own)}>`, ...own.flatMap(renderCase), '  </testsuite>']
    }),
    '</testsuites>',
    '',
  ].join('\n')
}

function renderCase(result: CheckResult): string[] {
  const { points, title, section, durationMs, outcome, reason } = result
  const name = `${points.map((number) => `#${number}`).join(' ')} ${title}`
  const open = `    <testcase classname="${xml(section)}" name="${xml(name)}" time="${seconds(durationMs)}"`
  if (outcome === 'skipped') {
    return [`${open}>`, `      <skipped message="${xml(reason ?? '')}"/>`, '    </testcase>']
  }
  if (outcome === 'passed') return [`${open}/>`]
  const element = isFailure(result) ? 'failure' : 'system-out'
  const message = isFailure(result) ? ` message="${xml(messageOf(result))}"` : ''
  return [`${open}>`, `      <${element}${message}>${xml(textOf(result))}</${element}>`, '    </testcase>']
}

function isFailure({ outcome, level }: CheckResult): boolean {
  return outcome === 'failed' && bindingLevels.has(level)
}

function totals(results: readonly CheckResult[]): string {
  const skipped = results.filter(({ outcome }) => outcome === 'skipped').length
  return `tests="${results.length}" failures="${results.filter(isFailure).length}" skipped="${skipped}"`
}

function messageOf({ failure, reason }: CheckResult): string {
  return failure ? `expected ${failure.expected}, got ${failure.got}` : (reason ?? '')
}

function textOf(result: CheckResult): string {
  const exchange = result.failure?.exchange
  return [
    `${result.level}: ${result.source}`,
    messageOf(result),
    ...(exchange ? [`${exchange.method} ${exchange.path}`, exchange.body ?? ''] : []),
    ...(exchange ? [`${exchange.status} ${exchange.answer}`] : []),
  ].join('\n')
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(3)
}

/** Text for XML 1.0, which has no control characters. */
function xml(text: string): string {
  return text
    .replace(/[&<>"]/g, (sign) => entities[sign] ?? sign)
    .replace(/\p{Cc}/gu, (sign) => (sign === '\n' || sign === '\t' ? sign : '�'))
}
