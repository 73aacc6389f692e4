import { fold } from '../fold.ts'
import { emailAddressIn, firstRdnValue, isoDay } from './formats.ts'
import { type Evaluator, memberOf, textMax, textOf, textsOf } from './value.ts'

/** What an operand is: any expression, or a literal: a text, a text that is not empty, a number. */
export type Parameter = 'value' | 'text' | 'mark' | 'number'

/** The operands of a call, sorted by kind; those that are not given are absent, the number 0. */
interface Operands {
  readonly operands: readonly Evaluator[]
  /** For each of `operands`, whether it is a literal. */
  readonly isFixed: readonly boolean[]
  readonly texts: readonly string[]
  readonly number: number
}

export interface MappingFunction {
  readonly usage: string
  readonly about: string
  readonly parameters: readonly Parameter[]
  readonly required: number
  /** Whether the last parameter may be given several times. */
  readonly repeats?: true
  /** An element may be followed by a path. */
  readonly yields: 'text' | 'element'
  readonly make: (given: Operands) => Evaluator
}

const absent: Evaluator = () => undefined

/** A function of the text of its only operand; not provided when that is not. */
function ofText(
  change: (text: string) => string | undefined,
): Pick<MappingFunction, 'parameters' | 'required' | 'yields' | 'make'> {
  return {
    parameters: ['value'],
    required: 1,
    yields: 'text',
    make({ operands: [operand = absent] }) {
      return (document) => {
        const text = textOf(operand(document))
        return text === undefined ? undefined : change(text)
      }
    },
  }
}

/** The functions of the expression language. Texts that grow past `textMax` on the way are not provided either. */
export const mappingFunctions = {
  first: {
    usage: 'first(value, …)',
    about: 'the first value that is provided',
    parameters: ['value'],
    required: 1,
    repeats: true,
    yields: 'text',
    make({ operands }) {
      return (document) => {
        for (const operand of operands) {
          const text = textOf(operand(document))
          if (text !== undefined) return text
        }
        return undefined
      }
    },
  },
  concat: {
    usage: 'concat(value, …)',
    about: 'the values one after the other, trimmed; nothing when no value but the literal texts is provided',
    parameters: ['value'],
    required: 1,
    repeats: true,
    yields: 'text',
    make({ operands, isFixed }) {
      return (document) => {
        const texts = operands.map((operand, at) =>
          isFixed[at] ? String(operand(document)) : textOf(operand(document)),
        )
        if (!texts.some((text, at) => text !== undefined && !isFixed[at])) return undefined
        return joined(texts.filter((text) => text !== undefined))?.trim()
      }
    },
  },
  join: {
    usage: 'join(list, "separator")',
    about: 'all texts of a list, the separator between them',
    parameters: ['value', 'text'],
    required: 2,
    yields: 'text',
    make({ operands: [list = absent], texts: [separator = ''] }) {
      return (document) => joined(textsOf(list(document)), separator)
    },
  },
  lower: { usage: 'lower(value)', about: 'in lower case', ...ofText((text) => text.toLowerCase()) },
  upper: { usage: 'upper(value)', about: 'in upper case', ...ofText((text) => text.toUpperCase()) },
  trim: { usage: 'trim(value)', about: 'without the white space around it', ...ofText((text) => text.trim()) },
  split: {
    usage: 'split(value, "separator", number)',
    about: 'one of the parts between separators, counted from 0, or from the end with -1',
    parameters: ['value', 'mark', 'number'],
    required: 3,
    yields: 'text',
    make({ operands: [operand = absent], texts: [separator = ''], number }) {
      return (document) => textOf(operand(document))?.split(separator).at(number)
    },
  },
  replace: {
    usage: 'replace(value, "old", "new")',
    about: 'with every occurrence of the old text replaced by the new one',
    parameters: ['value', 'mark', 'text'],
    required: 3,
    yields: 'text',
    make({ operands: [operand = absent], texts: [old = '', fresh = ''] }) {
      return (document) => {
        const text = textOf(operand(document))
        return text === undefined ? undefined : joined(text.split(old), fresh)
      }
    },
  },
  date: {
    usage: 'date(value)',
    about: 'the day of a date as yyyy-mm-dd, from an ISO 8601 date or time or the generalized time of LDAP',
    ...ofText(isoDay),
  },
  when: {
    usage: 'when(value, "text", then, else)',
    about:
      '`then` if some text of the value is that one, in any case and without the white space around it, otherwise `else`',
    parameters: ['value', 'mark', 'value', 'value'],
    required: 3,
    yields: 'text',
    make({ operands: [operand = absent, then = absent, otherwise = absent], texts: [wanted = ''] }) {
      const key = fold(wanted)
      return (document) => {
        const holds = textsOf(operand(document)).some((text) => fold(text) === key)
        return textOf((holds ? then : otherwise)(document))
      }
    },
  },
  preferred: {
    usage: 'preferred(list, "type", …)',
    about: 'the primary element of a list, else the first of the types in their order, else the first',
    parameters: ['value', 'mark'],
    required: 1,
    repeats: true,
    yields: 'element',
    make({ operands: [list = absent], texts }) {
      const types = texts.map(fold)
      return (document) => preferredElement(list(document), types)
    },
  },
  emailAddress: {
    usage: 'emailAddress(value)',
    about: 'the value if it looks like an e-mail address',
    ...ofText(emailAddressIn),
  },
  rdn: {
    usage: 'rdn(value)',
    about: 'the value of the first component of an LDAP distinguished name: Jane Doe for CN=Jane Doe,OU=Staff',
    ...ofText(firstRdnValue),
  },
} as const satisfies Record<string, MappingFunction>

export function findFunction(name: string): MappingFunction | undefined {
  return Object.hasOwn(mappingFunctions, name) ? mappingFunctions[name as keyof typeof mappingFunctions] : undefined
}

/** Measured first: a replacement could make a text a thousand times as long. */
function joined(texts: readonly string[], separator = ''): string | undefined {
  const length = texts.reduce((sum, text) => sum + text.length, separator.length * Math.max(texts.length - 1, 0))
  return length > textMax ? undefined : texts.join(separator)
}

function preferredElement(elements: unknown, types: readonly string[]): unknown {
  if (!Array.isArray(elements)) return elements
  const primary = elements.find((element) => memberOf(element, 'primary') === true)
  if (primary !== undefined) return primary
  for (const type of types) {
    const found = elements.find((element) => fold(textOf(memberOf(element, 'type')) ?? '') === type)
    if (found !== undefined) return found
  }
  return elements[0]
}
