/** One message of a stream of server-sent events (WHATWG HTML, § 9.2). */
export interface ServerSentEvent {
  event: string
  /** Empty when the message only says how far the server has come. */
  data: string
  id: string
}

/**
 * Puts lines together to messages, as they arrive: each call answers the messages that its lines end. Comments, which say
 * that the server is there, are no messages.
 */
export function createMessageReader(): (lines: readonly string[]) => ServerSentEvent[] {
  let event = ''
  let data: string[] = []
  let id = ''

  function end(): ServerSentEvent[] {
    const messages = data.length > 0 || id !== '' ? [{ event: event || 'message', data: data.join('\n'), id }] : []
    event = ''
    id = ''
    data = []
    return messages
  }

  return (lines) =>
    lines.flatMap((line) => {
      if (line === '') return end()
      const [, field, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
      if (field === 'event') event = value
      else if (field === 'data') data.push(value)
      else if (field === 'id') id = value
      return []
    })
}
