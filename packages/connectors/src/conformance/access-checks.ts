import { deepEqual, equal, ok } from 'node:assert/strict'
import { markedFields } from '../config-field.ts'
import { ConnectorError } from '../connector-error.ts'
import { type ConnectorCheck, checkOf } from './connector-check.ts'
import { type AccessFailure, accessFailures, type ConnectorSubject, type SubjectConfig } from './connector-subject.ts'
import { samplePopulation } from './population.ts'
import { type Bench, deltaOf, drain, lastCheckpoint, type OpenConnector, withSource } from './reading.ts'
import { textOf } from './recording-logger.ts'
import { type FaultOutcome, sourceFaultNames, sourceFaults } from './source-faults.ts'

const accessNames = Object.keys(accessFailures) as AccessFailure[]

/** What `check` says, and what is never said. */
export const accessChecks: readonly ConnectorCheck[] = [
  checkOf('check counts the users', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open }) => {
      const { userCount, warnings } = await (await open()).connector.check()
      equal(userCount, population.users.length)
      for (const warning of warnings) ok(!warning.includes('@'), 'warnings do not name people')
    })
  }),
  ...accessNames.map(
    (access): ConnectorCheck => ({
      name: `check and snapshot tell ${access}`,
      lackOf: (subject) => lackOf(subject, access),
      run: (subject) => withSource(subject, samplePopulation(), (bench) => checkAccess(bench, access)),
    }),
  ),
  checkOf('secrets are in no error, no checkpoint and no line of the log', (subject) =>
    withSource(subject, samplePopulation(), checkSecrecy),
  ),
]

function lackOf({ access }: ConnectorSubject, name: AccessFailure): string | undefined {
  const support = access[name]
  return support === 'shown' ? undefined : support.lacks
}

async function checkAccess({ open, source }: Bench, access: AccessFailure): Promise<void> {
  const config = await source.failing(access)
  const codes: readonly string[] = accessFailures[access]
  const { connector } = await open(config)
  const refused = await connector.check().then(
    () => undefined,
    (error: unknown) => error,
  )
  const { pages, error } = await drain((await open(config)).connector.snapshot())
  for (const each of [refused, error]) {
    ok(each instanceof ConnectorError, `${access} must be a ConnectorError, not ${each}`)
    ok(codes.includes(each.code), `${access} must be ${codes.join(' or ')}, not ${each.code}`)
  }
  deepEqual(pages, [], 'nothing is read')
}

async function checkSecrecy({ subject, source, open }: Bench): Promise<void> {
  const said: string[] = []
  const configs: SubjectConfig[] = [source.config]
  const hear = async (opened: OpenConnector) => {
    const { pages, error } = await drain(opened.connector.snapshot())
    said.push(...pages.map((page) => page.checkpoint), textOf(error), ...opened.lines)
    return pages
  }
  const whole = await hear(await open())
  for (const fault of sourceFaultNames.filter((name) => endsByError(subject, name))) {
    await source.inject(fault, 1)
    await hear(await open())
    if (subject.delta === 'shown') said.push(textOf((await drain(deltaOf(await open(), lastCheckpoint(whole)))).error))
    await source.heal()
  }
  for (const access of accessNames.filter((name) => lackOf(subject, name) === undefined)) {
    const config = await source.failing(access)
    configs.push(config)
    const opened = await open(config)
    await opened.connector.check().catch((error: unknown) => void said.push(textOf(error)))
    await hear(opened)
  }
  const secrets = configs.flatMap((config) => secretsOf(subject, config))
  ok(secrets.length > 0, 'the configuration of the subject must hold a secret')
  for (const secret of secrets) ok(!said.some((text) => text.includes(secret)), 'a secret was said')
}

function endsByError(subject: ConnectorSubject, fault: (typeof sourceFaultNames)[number]): boolean {
  const support = subject.faults[fault]
  const { outcome }: { outcome: FaultOutcome } = sourceFaults[fault]
  return outcome.ends === 'error' && !(typeof support === 'object' && 'lacks' in support)
}

/** The secrets of a configuration, as they are and as they may be encoded. */
function secretsOf({ definition }: ConnectorSubject, config: SubjectConfig): string[] {
  return markedFields(definition.config, 'secret').flatMap((name) => {
    const value = config[name]
    if (typeof value !== 'string') return []
    return [value, Buffer.from(value).toString('base64'), encodeURIComponent(value), Buffer.from(value).toString('hex')]
  })
}
