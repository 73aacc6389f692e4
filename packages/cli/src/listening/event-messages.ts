/** An event of the log as it came over a stream. */
export interface StreamedEvent {
  sequence: string
  type: string
  /** The JSON, as it came. */
  text: string
}

/**
 * The messages of a stream of server-sent events (WHATWG HTML §9.2) that carry an event of the log. Throws what the stream
 * says when its last message is an `error`.
 */
export async function* eventMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamedEvent> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true })
    const messages = rest.split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const fields = new Map(message.split('\n').map((line) => splitField(line)))
      const [type, text, sequence] = [fields.get('event'), fields.get('data'), fields.get('id')]
      if (type === 'error') throw new Error(`The stream ended: ${text}`)
      if (type !== undefined && text !== undefined && sequence !== undefined) yield { sequence, type, text }
    }
  }
}

function splitField(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')]
}
