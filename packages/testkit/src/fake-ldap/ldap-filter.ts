import { type BerNode, berNodes, textOf } from './ber.ts'

/** The values of an entry's attribute, as text; none when it has none. */
type ValuesOf = (attribute: string) => readonly string[]

const bitwiseAnd = '1.2.840.113556.1.4.803'

/** Whether a filter (RFC 4511 §4.5.1.7) holds for an entry. What it does not know matches nobody. */
export function matchesFilter(filter: BerNode, valuesOf: ValuesOf): boolean {
  return byTag[filter.tag]?.(filter, valuesOf) ?? false
}

const byTag: Readonly<Record<number, (filter: BerNode, valuesOf: ValuesOf) => boolean>> = {
  160: ({ content }, valuesOf) => berNodes(content).every((part) => matchesFilter(part, valuesOf)),
  161: ({ content }, valuesOf) => berNodes(content).some((part) => matchesFilter(part, valuesOf)),
  162: ({ content }, valuesOf) => berNodes(content).every((part) => !matchesFilter(part, valuesOf)),
  163: compare((value, wanted) => value === wanted),
  164: ({ content }, valuesOf) => {
    const [attribute, parts] = berNodes(content)
    const pattern = berNodes(parts?.content ?? Buffer.of())
      .map(asPattern)
      .join('')
    return valuesOf(textOf(attribute)).some((value) => new RegExp(`^${pattern}$`, 'is').test(value))
  },
  165: compare((value, wanted) => inOrder(wanted, value)),
  166: compare((value, wanted) => inOrder(value, wanted)),
  135: (filter, valuesOf) => valuesOf(textOf(filter)).length > 0,
  169: ({ content }, valuesOf) => {
    const parts = new Map(berNodes(content).map((part) => [part.tag, textOf(part)]))
    const bits = Number(parts.get(0x83))
    if (parts.get(0x81) !== bitwiseAnd) return false
    return valuesOf(parts.get(0x82) ?? '').some((value) => (Number(value) & bits) === bits)
  },
}

function compare(holds: (value: string, wanted: string) => boolean) {
  return ({ content }: BerNode, valuesOf: ValuesOf): boolean => {
    const [attribute, wanted] = berNodes(content)
    return valuesOf(textOf(attribute)).some((value) => holds(value.toLowerCase(), textOf(wanted).toLowerCase()))
  }
}

/** Numbers by their size, all else by the alphabet. */
function inOrder(low: string, high: string): boolean {
  return /^\d+$/.test(low) && /^\d+$/.test(high) ? BigInt(low) <= BigInt(high) : low <= high
}

/** The initial, any and final parts of a substring filter. */
function asPattern({ tag, content }: BerNode): string {
  const literal = content.toString('utf8').replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return { 128: `${literal}.*`, 129: `.*${literal}.*`, 130: `.*${literal}` }[tag] ?? ''
}
