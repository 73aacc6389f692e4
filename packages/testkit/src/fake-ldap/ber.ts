/** One element of BER (X.690): as much of it as LDAP uses, with one-byte tags and definite lengths (RFC 4511 §5.1). */
export interface BerNode {
  tag: number
  content: Buffer
}

export const tags = { boolean: 0x01, integer: 0x02, octets: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 } as const

/** Encodes an element around its content, or around the elements it is made of. */
export function ber(tag: number, content: Buffer | readonly Buffer[]): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.concat(content)
  return Buffer.concat([Buffer.from([tag]), lengthOf(body.length), body])
}

export function berText(value: string | Buffer, tag: number = tags.octets): Buffer {
  return ber(tag, Buffer.from(value as string))
}

/** A number from 0 to 2³¹ − 1. */
export function berNumber(value: number, tag: number = tags.integer): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt32BE(value, 1)
  const first = bytes.findIndex((byte, index) => byte !== 0 || index === 4)
  // The highest bit is the sign.
  return ber(tag, bytes.subarray((bytes[first] ?? 0) >= 0x80 ? first - 1 : first))
}

/** The elements that some content is made of. @throws RangeError when it is cut off */
export function berNodes(content: Buffer): BerNode[] {
  const nodes: BerNode[] = []
  for (let rest = content; rest.length > 0; ) {
    const size = berSize(rest)
    if (size === undefined || size.total > rest.length) throw new RangeError('a BER element is cut off')
    nodes.push({ tag: rest[0] ?? 0, content: rest.subarray(size.head, size.total) })
    rest = rest.subarray(size.total)
  }
  return nodes
}

/** Bytes of the head and of the whole element that begins here; undefined while its length is not there yet. */
export function berSize(bytes: Buffer): { head: number; total: number } | undefined {
  const [, length] = bytes
  if (length === undefined) return undefined
  if (length < 0x80) return { head: 2, total: 2 + length }
  const lengthBytes = length - 0x80
  if (bytes.length < 2 + lengthBytes) return undefined
  return { head: 2 + lengthBytes, total: 2 + lengthBytes + bytes.readUIntBE(2, lengthBytes) }
}

export function textOf(node: BerNode | undefined): string {
  return node?.content.toString('utf8') ?? ''
}

export function numberOf(node: BerNode | undefined): number {
  return node === undefined || node.content.length === 0 ? 0 : node.content.readIntBE(0, node.content.length)
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const bytes = Buffer.alloc(5)
  bytes[0] = 0x84
  bytes.writeUInt32BE(length, 1)
  return bytes
}
