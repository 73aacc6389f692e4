import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type ConnectorType, connectors, markedFields } from '@muster/connectors'
import type { ConnectorSubject } from '@muster/connectors/conformance'
import { fakeGoogleSubject } from '@muster/testkit/fake-google'
import { fakeGraphSubject } from '@muster/testkit/fake-graph'
import { fakeIdentityStoreSubject } from '@muster/testkit/fake-identity-store'
import { fakeOktaSubject } from '@muster/testkit/fake-okta'
import { slapdIsMissing } from '@muster/testkit/slapd'
import t, { type Test } from 'tap'
import { makeSite, readConnection, type Site, up } from './support/installation.ts'
import { type StorySource, tellStory } from './support/source-story.ts'
import { addOrganization } from './support/story-organization.ts'
import { slapdSource, subjectSource } from './support/story-sources.ts'

const subjects: readonly ConnectorSubject[] = [
  fakeGraphSubject(definitionOf('AZURE_AD')),
  fakeGoogleSubject(definitionOf('GOOGLE_WORKSPACE')),
  fakeOktaSubject(definitionOf('OKTA')),
  fakeIdentityStoreSubject(definitionOf('AWS_DIRECTORY')),
]

t.test('a directory that is read, from its first configuration to the undo of its last sync', async (t) => {
  const site = await makeSite(t)
  const [running, ...sources] = await Promise.all([
    up(t, site),
    ...(slapdIsMissing() ? [] : [slapdSource(t)]),
    ...subjects.map((subject) => subjectSource(t, subject)),
  ])
  const connection = await readConnection(site)
  t.jobs = 2
  await Promise.all(
    sources.map((source) =>
      t.test(source.title, { timeout: 280_000 }, async (t) => {
        const secrets = secretsOf(source)
        await tellStory(t, source, await addOrganization(t, connection, { name: source.title, secrets }))
      }),
    ),
  )
  running.child.kill('SIGTERM')
  const { said } = await running.end
  await assertSilence(t, site, said, sources.flatMap(secretsOf))
})

function definitionOf(type: ConnectorType) {
  const definition = connectors[type]
  if (definition === undefined) throw new Error(`${type} has no connector`)
  return definition
}

/** What is secret of its configurations; of what has several lines the longest, however the lines are written. */
function secretsOf({ type, config, wrongConfig }: StorySource): string[] {
  const fields = markedFields(definitionOf(type).config, 'secret')
  const values = [config, wrongConfig].flatMap((one) => fields.map((field) => one[field]))
  return values
    .filter((value) => typeof value === 'string')
    .map((value) => value.split(/\n|\\n/).sort((one, other) => other.length - one.length)[0] ?? value)
}

/** No log of the installation says a secret. */
async function assertSilence(t: Test, { dataDir }: Site, said: string, secrets: readonly string[]): Promise<void> {
  const logs = join(dataDir, 'logs')
  const files = await readdir(logs)
  t.ok(files.length >= 3, 'each service logs')
  const texts = [said, ...(await Promise.all(files.map((file) => readFile(join(logs, file), 'utf8'))))]
  t.notOk(
    secrets.some((secret) => texts.some((text) => text.includes(secret))),
    'no log says a secret',
  )
}
