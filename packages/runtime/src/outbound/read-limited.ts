import type { Readable } from 'node:stream'

/** A body as UTF-8; undefined when it has more bytes than that, and then nothing more is read of its connection. */
export async function readLimited(body: Readable, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    // Leaving the loop destroys the stream, and with it the connection.
    if (bytes > bytesMax) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
