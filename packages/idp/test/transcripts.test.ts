import { readFile } from 'node:fs/promises'
import { type CompatibilityFlag, compatibilityFlags, profiles } from '@muster/scim'
import t from 'tap'
import { transcripts } from '../src/index.ts'
import type { Capture, Transcript } from '../src/transcript.ts'
import { transcriptDefects } from '../src/transcript-defects.ts'

const given = new Set(['run', 'scimBaseUrl', 'organizationId', 'directoryId'])
/** Kindnesses to clients written by hand: nobody we could name sends these. */
const withoutTranscript = ['anyTextAsReference', 'groupPutAnswersNothing', 'ignoreUnacceptable', 'looseBulkPaths']

const operators = new Set(['$absent', '$unset', '$any', '$endsWith', '$not', '$unordered', '$contains', '$exactly'])

const discovery = 'ServiceProviderConfig|Schemas|ResourceTypes(/(User|Group))?'
const knownPath = new RegExp(`^/((Users|Groups)(/({{[A-Za-z:]+}}|[0-9]+))?|${discovery})$`)

/** Names of the variables in a value that nothing has captured so far. */
function unbound(value: unknown, captured: ReadonlySet<string>): string[] {
  const names = [...(JSON.stringify(value) ?? '').matchAll(/\{\{([A-Za-z0-9:]+)(?:\|[a-z]+)?\}\}/g)].map(
    ([, name]) => `${name}`,
  )
  return names.filter((name) => !name.startsWith('guid:') && !given.has(name) && !captured.has(name))
}

/** Walks through a transcript as the player does, collecting captures. */
function unboundVariables({ steps, finalState }: Transcript): string[] {
  const captured = new Set<string>()
  const capture = (names: Capture = {}) => Object.keys(names).map((name) => captured.add(name))
  const inSteps = steps.flatMap((step) => {
    const { capture: wanted, expect, ...request } = step
    const before = unbound(request, captured)
    capture(wanted)
    return [...before, ...unbound(expect, captured)]
  })
  const inResources = unbound(finalState.resources, captured)
  const inEvents = finalState.events.flatMap((event) => {
    capture(event.capture)
    return unbound(event.match, captured)
  })
  return [...inSteps, ...inResources, ...inEvents, ...unbound(finalState.users, captured)]
}

function operatorNames(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  const names = Array.isArray(value) ? [] : Object.keys(value).filter((key) => key.startsWith('$') && key !== '$ref')
  return [...names, ...Object.values(value).flatMap(operatorNames)]
}

t.test('every transcript is complete, plain data', async (t) => {
  t.ok(transcripts.length > 0)
  t.equal(new Set(transcripts.map(({ name }) => name)).size, transcripts.length, 'names are unique')
  for (const transcript of transcripts) {
    const { name, idp, steps, finalState, about } = transcript
    t.strictSame(transcriptDefects(transcript), [], name)
    t.ok(name.startsWith(`${idp}/`) && about.length > 0, `${name} is named after its identity provider`)
    t.strictSame(JSON.parse(JSON.stringify(transcript)), transcript, `${name} survives JSON`)
    t.strictSame(unboundVariables(transcript), [], `${name} captures what it uses`)
    t.strictSame(
      operatorNames(transcript).filter((operator) => !operators.has(operator)),
      [],
      `${name} uses known matchers`,
    )
    t.strictSame(
      steps.map(({ path }) => path).filter((path) => !knownPath.test(path)),
      [],
    )
    t.ok(finalState.events.length > 0, `${name} says what it causes`)
  }
})

t.test('every transcript says how sure it is, and which deviations it needs', async (t) => {
  for (const { name, evidence, flags } of transcripts) {
    t.ok(evidence.length > 0, `${name} has evidence`)
    for (const { fact, certainty, source } of evidence) {
      t.equal(
        source === undefined,
        certainty === 'background',
        `${fact} has a source unless it is background knowledge`,
      )
    }
    t.strictSame([...new Set(flags)], flags, `${name} names each flag once`)
    t.ok(flags.every((flag) => Object.hasOwn(compatibilityFlags, flag)))
  }
})

t.test('every flag of the compatible profile has somebody who needs it', async (t) => {
  const needed = new Set(transcripts.flatMap(({ flags }) => flags))
  const unproven = Object.entries(profiles.compatible)
    .filter(([flag, on]) => on && !needed.has(flag as CompatibilityFlag))
    .map(([flag]) => flag)
  t.strictSame(unproven.sort(), withoutTranscript, 'flags that no known client needs are listed')
})

t.test("each provider's page names its transcripts and the flags they need", async (t) => {
  for (const idp of new Set(transcripts.map((transcript) => transcript.idp))) {
    const page = await readFile(new URL(`../../../docs/idp/${idp}.md`, import.meta.url), 'utf8')
    const own = transcripts.filter((transcript) => transcript.idp === idp)
    const needed = [...new Set(own.flatMap(({ flags }) => flags)), ...own.map(({ name }) => name)]
    const missing = needed.filter((word) => !page.includes(word) && !page.includes(`${word.split('-')[0]}-*`))
    t.strictSame(missing, [], `docs/idp/${idp}.md`)
  }
})

t.test('dialects stay apart', async (t) => {
  const operations = (idp: string, dialect: string) =>
    transcripts
      .filter((transcript) => transcript.idp === idp && transcript.dialect.name === dialect)
      .flatMap(({ steps }) => steps)
      .flatMap(({ body }) => (body?.Operations ?? []) as { op: string; value?: unknown }[])
  t.ok(operations('okta', 'catalogue app').every(({ op }) => /^(add|remove|replace)$/.test(op)))
  t.ok(
    operations('entra', 'legacy').every(
      ({ op, value }) => /^(Add|Remove|Replace)$/.test(op) && typeof value !== 'boolean',
    ),
  )
  t.ok(operations('entra', 'aadOptscim062020').every(({ op }) => /^(add|remove|replace)$/.test(op)))
  t.ok(operations('entra', 'SCIM Validator').every(({ op }) => /^(add|remove|replace)$/.test(op)))
  const methods = (dialect: string, path: string) =>
    new Set(
      transcripts
        .filter((transcript) => transcript.dialect.name === dialect)
        .flatMap(({ steps }) => steps.filter((step) => step.path.startsWith(path)).map(({ method }) => method)),
    )
  t.notOk(methods('custom app', '/').has('PATCH'), 'an Okta app of the wizard sends no PATCH')
  t.notOk(methods('PingFederate SCIM Provisioner', '/Users').has('PATCH'), 'PingFederate patches no users')
  t.notOk(methods('SCIM provider, default mode', '/Users').has('PATCH'), 'authentik patches no users')
  const okta = transcripts.filter(({ idp }) => idp === 'okta').flatMap(({ steps }) => steps)
  t.notOk(
    okta.some(({ method, path }) => method === 'DELETE' && path.startsWith('/Users')),
    'Okta never deletes a user',
  )
})
