import type { Level } from '../checklist/point.ts'
import { bindingLevels, type CheckResult, type ConformanceReport, type Outcome } from '../report.ts'
import { cut } from '../shown.ts'
import { verdict } from './verdict.ts'

interface TableOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly colours: boolean
}

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold'

const codes: Record<Colour, number> = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }
const narrowest = 60
const widest = 120

/** How a result is marked: a failure weighs as much as its level. */
function markOf({ outcome, level }: CheckResult): { mark: string; colour: Colour } {
  if (outcome === 'passed') return { mark: '✓', colour: 'green' }
  if (outcome === 'skipped') return { mark: '–', colour: 'dim' }
  return bindingLevels.has(level) ? { mark: '✗', colour: 'red' } : { mark: '!', colour: 'yellow' }
}

/** A report for people at a terminal: section by section, each failure with what was sent, expected and got. */
export function renderTable(report: ConformanceReport, options: TableOptions): string {
  const width = Math.min(widest, Math.max(narrowest, options.width))
  const paint = (colour: Colour, text: string) => (options.colours ? `\u001B[${codes[colour]}m${text}\u001B[0m` : text)
  const { baseUrl, profile } = report
  const lines = ['', paint('bold', 'SCIM 2.0 conformance'), `${baseUrl}, profile ${profile}`]
  let section = ''
  for (const result of report.results) {
    if (result.section !== section) lines.push('', paint('bold', result.section))
    section = result.section
    lines.push(...renderResult(result, width, paint))
  }
  return [...lines, '', ...renderSummary(report, paint), ''].join('\n')
}

function renderResult(result: CheckResult, width: number, paint: (colour: Colour, text: string) => string): string[] {
  const { mark, colour } = markOf(result)
  const numbers = result.points.map((number) => `#${number}`).join(' ')
  const title = wrap(result.title, width - 24)
  const [first = '', ...rest] = title
  const head = `  ${paint(colour, mark)} ${numbers.padEnd(11)} ${first.padEnd(width - 24)} ${paint('dim', result.level)}`
  return [
    head.trimEnd(),
    ...rest.map((line) => `${' '.repeat(16)}${line}`),
    ...details(result, width - 18).map(([label, text]) => `${' '.repeat(16)}${paint('dim', label)} ${text}`),
    ...(result.left.length > 0 ? [`${' '.repeat(16)}could not remove ${result.left.join(', ')}`] : []),
  ]
}

function details({ outcome, reason, failure, source }: CheckResult, width: number): [label: string, text: string][] {
  if (outcome === 'passed') return []
  const wrapped = (label: string, text: string): [string, string][] =>
    wrap(text, width - 9).map((line, index) => [(index === 0 ? label : '').padEnd(8), line])
  if (outcome === 'skipped') return wrapped('skipped', reason ?? '')
  const exchange = failure?.exchange
  return [
    ...wrapped('source', source),
    ...(exchange ? wrapped('request', `${exchange.method} ${exchange.path}`) : []),
    ...(exchange?.body === undefined ? [] : wrapped('body', cut(exchange.body, 600))),
    ...(failure ? wrapped('expected', failure.expected) : []),
    ...wrapped('got', failure?.got ?? reason ?? ''),
    ...(exchange ? wrapped('answer', cut(`${exchange.status} ${exchange.answer}`, 400)) : []),
  ]
}

function renderSummary(report: ConformanceReport, paint: (colour: Colour, text: string) => string): string[] {
  const rows = (Object.keys(report.counts) as Level[]).flatMap((level) => {
    const counts = report.counts[level]
    const cells = (['passed', 'failed', 'skipped'] satisfies Outcome[]).map((outcome) => counts[outcome])
    if (cells.every((count) => count === 0)) return []
    return [`  ${level.padEnd(8)}${cells.map((count) => String(count).padStart(9)).join('')}`]
  })
  const heading = `  ${'level'.padEnd(8)}${['passed', 'failed', 'skipped'].map((name) => name.padStart(9)).join('')}`
  const { conformant } = report
  return [
    paint('dim', heading),
    ...rows,
    '',
    `${paint(conformant ? 'green' : 'red', conformant ? '✓' : '✗')} ${paint('bold', verdict(report))}`,
  ]
}

/** Breaks a text at spaces; a word that is longer than a line is broken where the line ends. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    const joined = line === '' ? word : `${line} ${word}`
    if (joined.length <= width) line = joined
    else if (word.length <= width) {
      lines.push(line)
      line = word
    } else {
      lines.push(...chunks(joined, width))
      line = lines.pop() ?? ''
    }
  }
  return [...lines, line]
}

function chunks(word: string, width: number): string[] {
  return word.match(new RegExp(`.{1,${width}}`, 'gsu')) ?? ['']
}
