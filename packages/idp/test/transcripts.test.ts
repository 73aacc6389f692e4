import t from 'tap'
import { transcripts } from '../src/index.ts'
import type { Capture, Transcript } from '../src/transcript.ts'
import { transcriptDefects } from '../src/transcript-defects.ts'

const given = new Set(['run', 'scimBaseUrl', 'organizationId', 'directoryId'])
const operators = new Set(['$absent', '$unset', '$any', '$endsWith', '$not', '$unordered', '$contains', '$exactly'])

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
    t.ok(steps.every(({ path }) => /^\/(Users|Groups)(\/\{\{[A-Za-z]+\}\})?$/.test(path)))
    t.ok(finalState.events.length > 0, `${name} says what it causes`)
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
  const okta = transcripts.filter(({ idp }) => idp === 'okta').flatMap(({ steps }) => steps)
  t.notOk(
    okta.some(({ method, path }) => method === 'DELETE' && path.startsWith('/Users')),
    'Okta never deletes a user',
  )
})
