import { type ConnectorDefinition, type connectors, markedFields } from '@muster/connectors'
import type { ConfigKind, Directory } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { Compile, type Validator } from 'typebox/compile'

export type ConnectorTable = typeof connectors

type Violation = ReturnType<Validator['Errors']>[number]

const validators = new WeakMap<ConnectorDefinition, Validator>()

/**
 * How directories of a type are configured.
 * @throws MusterError `badRequest` for a type that this release cannot read
 */
export function configKindOf(connectors: ConnectorTable, type: Directory['type']): ConfigKind {
  const definition = type === 'SCIM' ? undefined : connectors[type]
  if (definition === undefined) {
    const readable = Object.keys(connectors).join(', ') || 'none'
    throw new MusterError(
      'badRequest',
      `This release cannot read directories of type ${type}. Those that it reads: ${readable}.`,
    )
  }
  const secretFields = markedFields(definition.config, 'secret')
  return {
    shownFields: Object.keys(definition.config.properties).filter((name) => !secretFields.includes(name)),
    destinationFields: markedFields(definition.config, 'destination'),
    assertValid: (config) => assertConfig(definition, config),
  }
}

function assertConfig(definition: ConnectorDefinition, config: Record<string, unknown>): void {
  const validator = validators.get(definition) ?? Compile(definition.config)
  validators.set(definition, validator)
  const violations = validator.Errors(config)
  // What follows from another one says less.
  const violation = violations.find(({ keyword }) => keyword !== 'boolean') ?? violations[0]
  if (violation !== undefined) throw new MusterError('invalidValue', describe(violation, violations))
  definition.assertConfig?.(config)
}

/** Names the field and the rule it breaks, never its value. */
function describe({ instancePath, keyword, params, message }: Violation, all: readonly Violation[]): string {
  const path = ['body.config', ...instancePath.split('/').slice(1)].join('.')
  // Each branch of a choice is broken by itself.
  const choices = all.flatMap((one) =>
    one.keyword === 'const' && one.instancePath === instancePath ? Object.values(one.params).map(String) : [],
  )
  if (choices.length > 0) return `${path} must be one of ${choices.join(', ')}.`
  const named = Object.values(params)[0]
  const first = Array.isArray(named) ? String(named[0]) : ''
  if (keyword === 'required') return `${path}.${first} is required.`
  if (keyword === 'additionalProperties') return `${path} has an unknown member ${JSON.stringify(first.slice(0, 64))}.`
  if (keyword === 'enum' && Array.isArray(named)) return `${path} must be one of ${named.join(', ')}.`
  return `${path} ${message}.`
}
