import {
  type ConformanceProfile,
  type ConformanceReport,
  conformanceProfiles,
  renderJson,
  renderJunit,
  renderMarkdown,
  renderTable,
  runConformance,
  type Target,
} from '@muster/conformance'
import { MusterError } from '@muster/runtime/errors'
import type { readConformanceSettings } from '../config.ts'
import { errorText } from '../error-text.ts'
import { showProgress } from '../progress.ts'
import { listenForShutdown, type Shutdown } from '../shutdown.ts'
import { print, say } from '../terminal.ts'
import { startThrowAway } from '../throw-away.ts'

interface ConformanceOptions {
  url?: string
  token?: string
  profile: string
  only?: string
  level?: string
  parallel: string
  timeout: string
  json?: true
  markdown?: true
  junit?: true
}

interface Run {
  target: Target
  profile: ConformanceProfile
}

type Settings = ReturnType<typeof readConformanceSettings>

const exitCodes = { conformant: 0, notConformant: 1, couldNotRun: 2 } as const
const columnsByDefault = 100

/**
 * Tries a SCIM server and prints what it found; without a URL, this release, both its profiles, on a throw-away
 * database. Answers the exit code: 0 conformant, 1 not, 2 when it could not be tried to the end.
 */
export async function conformance(settings: Settings, options: ConformanceOptions): Promise<number> {
  const shutdown = listenForShutdown()
  try {
    const runs = options.url === undefined ? await ownRuns(settings, shutdown) : [foreignRun(settings, options)]
    const reports: ConformanceReport[] = []
    for (const run of runs) {
      if (shutdown.requested.aborted) break
      const report = await tryServer(run, options, shutdown.requested)
      reports.push(report)
      print(render(report, options, settings))
    }
    if (shutdown.requested.aborted || reports.length === 0) return exitCodes.couldNotRun
    return reports.every(({ conformant }) => conformant) ? exitCodes.conformant : exitCodes.notConformant
  } catch (error) {
    if (!shutdown.requested.aborted) say(errorText(error))
    return exitCodes.couldNotRun
  } finally {
    await shutdown.stopAll()
  }
}

function foreignRun(
  { token: tokenOfEnvironment }: Settings,
  { url = '', token, profile: name }: ConformanceOptions,
): Run {
  const baseUrl = URL.parse(url)
  if (baseUrl === null || !/^https?:$/.test(baseUrl.protocol)) {
    throw new MusterError('badRequest', '--url is not an http or https address.')
  }
  const given = token ?? tokenOfEnvironment
  if (!given) throw new MusterError('badRequest', 'A token is needed: set SCIM_TOKEN.')
  const profile = conformanceProfiles.find((one) => one === name)
  if (profile === undefined) {
    throw new MusterError('badRequest', `--profile is one of ${conformanceProfiles.join(', ')}.`)
  }
  return { target: { baseUrl: url, token: given }, profile }
}

/** The strict profile of a directory is held to the RFCs, the compatible one to everything we promise. */
async function ownRuns({ environment }: Settings, shutdown: Shutdown): Promise<Run[]> {
  say('no --url: starting Muster on a throw-away database')
  const { strict, compatible } = await startThrowAway(environment, shutdown)
  return [
    { target: strict, profile: 'rfc' },
    { target: compatible, profile: 'compatible' },
  ]
}

async function tryServer({ target, profile }: Run, options: ConformanceOptions, signal: AbortSignal) {
  const { only, level } = options
  const progress = showProgress(process.stderr)
  try {
    return await runConformance(target, {
      profile,
      only,
      level,
      parallel: positive('--parallel', options.parallel),
      timeoutMs: positive('--timeout', options.timeout) * 1_000,
      signal,
      onResult: ({ title }, done, total) => progress.say(`${done}/${total} ${title}`),
    })
  } finally {
    progress.clear()
  }
}

function render(report: ConformanceReport, options: ConformanceOptions, { coloursRefused }: Settings): string {
  if (options.json) return renderJson(report)
  if (options.markdown) return renderMarkdown(report)
  if (options.junit) return renderJunit(report)
  const { isTTY, columns = columnsByDefault } = process.stdout
  return renderTable(report, { width: columns, colours: isTTY && !coloursRefused })
}

function positive(name: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new MusterError('badRequest', `${name} is a whole number above 0, not "${text}".`)
}
