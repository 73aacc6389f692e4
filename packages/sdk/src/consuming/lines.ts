import { chunksOf } from '../receiving/read-body.ts'

/** The lines of a stream of text, as many at a time as arrive, without the CR, LF or both that end them. */
export async function* lineBatchesOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunksOf(stream)) {
    rest += decoder.decode(chunk, { stream: true })
    // A CR at the end may be half of a line end.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    yield lines
  }
  rest += decoder.decode()
  if (rest !== '') yield [rest.replace(/\r$/, '')]
}

/** The same one by one. */
export async function* linesOf(stream: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  for await (const lines of lineBatchesOf(stream)) yield* lines
}
