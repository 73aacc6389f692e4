import type { Test } from 'tap'
import type { Database } from '../../src/index.ts'
import { connect, type Installation, openTestPool } from './installation.ts'

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  Plans?: PlanNode[]
}

/** A statement as it was run, with the step of its plan that touched the most rows, kept or thrown away. */
export interface ExplainedStatement {
  text: string
  sequentialScans: string[]
  mostRows: number
  where: string
}

export interface ExplainedPool {
  database: Database
  /** The statements of some work, explained. */
  during(work: () => Promise<unknown>): Promise<ExplainedStatement[]>
  /** Plans of statements are made anew at their next use, as when a server had too much to tell its sessions. */
  forgetPlans(): Promise<unknown>
}

/**
 * A pool whose server explains every statement as it was really planned and run, in its transaction and among the
 * statements around it (auto_explain). `settings` hold for its sessions.
 */
export async function openExplainedPool(
  t: Test,
  { testDatabase }: Installation,
  settings: Readonly<Record<string, string>>,
): Promise<ExplainedPool> {
  const superuser = await connect(t, testDatabase.superuserUrl)
  const name = new URL(testDatabase.superuserUrl).pathname.slice(1)
  const all = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': '0',
    'auto_explain.log_analyze': 'on',
    'auto_explain.log_timing': 'off',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    ...settings,
  }
  for (const [key, value] of Object.entries(all))
    await superuser.query(`ALTER DATABASE ${name} SET ${key} = '${value}'`)
  const database = openTestPool(t, testDatabase.databaseUrl, 1)
  const statements: ExplainedStatement[] = []
  database.pool.on('connect', (client) =>
    client.on('notice', ({ message = '' }) => {
      const json = message.slice(message.indexOf('{'))
      if (message.startsWith('duration:')) statements.push(summarize(JSON.parse(json)))
    }),
  )
  return {
    database,
    during: async (work) => {
      statements.length = 0
      await work()
      return [...statements]
    },
    forgetPlans: () => database.pool.query('DISCARD PLANS'),
  }
}

/** Which of the statements touched more rows than that in one step; in messages, for whoever reads that a test failed. */
export function greedy(statements: readonly ExplainedStatement[], rowsMax: number): string[] {
  return statements
    .filter(({ mostRows }) => mostRows > rowsMax)
    .map(({ where, mostRows, text }) => `${where}: ${mostRows} rows in ${text.slice(0, 120)}`)
}

function summarize(explained: { 'Query Text': string; Plan: PlanNode }): ExplainedStatement {
  const nodes = flatten(explained.Plan)
  const touched = nodes.map((node) => ({ node, rows: rowsTouched(node) })).sort((a, b) => b.rows - a.rows)
  const [most] = touched
  return {
    text: explained['Query Text'].replaceAll(/\s+/g, ' ').trim(),
    sequentialScans: nodes.flatMap((node) => (node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : [])),
    mostRows: most?.rows ?? 0,
    where: `${most?.node['Node Type']} ${most?.node['Relation Name'] ?? ''}`,
  }
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)]
}

function rowsTouched(node: PlanNode): number {
  const thrownAway = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Join Filter'] ?? 0)
  return Math.round((node['Actual Rows'] + thrownAway) * node['Actual Loops'])
}
