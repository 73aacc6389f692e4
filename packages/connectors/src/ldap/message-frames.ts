/** Bytes of one message at most: an entry of a group with half a million members. */
const messageBytesMax = 64 * 1_024 * 1_024
const lengthBytesMax = 4

/**
 * Cuts the bytes of a connection into LDAP messages (BER sequences, RFC 4511 §5.1), without joining the same bytes again
 * and again, and with a limit to what a server can make us keep.
 */
export class MessageFrames {
  #chunks: Buffer[] = []
  #bytes = 0

  /** The messages that are complete with these bytes. @throws RangeError for what is no message, or too long a one */
  push(chunk: Buffer): Buffer[] {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    const frames: Buffer[] = []
    for (let size = this.#nextSize(); size !== undefined && size <= this.#bytes; size = this.#nextSize()) {
      const all = this.#joined()
      frames.push(all.subarray(0, size))
      this.#chunks = [all.subarray(size)]
      this.#bytes -= size
    }
    return frames
  }

  #nextSize(): number | undefined {
    if (this.#bytes < 2) return undefined
    const head = (this.#chunks[0]?.length ?? 0) < 2 + lengthBytesMax ? this.#joined() : (this.#chunks[0] ?? Buffer.of())
    const size = messageSize(head)
    if (size !== undefined && size > messageBytesMax) throw new RangeError('An LDAP message is too long')
    return size
  }

  #joined(): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    this.#chunks = [all ?? Buffer.of()]
    return this.#chunks[0] ?? Buffer.of()
  }
}

/** Bytes of the message that begins here, with its head; undefined while its length is not known yet. */
function messageSize(head: Buffer): number | undefined {
  const [tag, length = 0] = head
  if (tag !== 0x30) throw new RangeError('This is no LDAP message')
  if (length < 0x80) return 2 + length
  const lengthBytes = length - 0x80
  if (lengthBytes === 0 || lengthBytes > lengthBytesMax) throw new RangeError('This is no LDAP message')
  return head.length < 2 + lengthBytes ? undefined : 2 + lengthBytes + head.readUIntBE(2, lengthBytes)
}
