import { once } from 'node:events'
import { PassThrough, type Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'

/** Sends text; done when the client has room for more. Fails when there is nobody left to send to. */
export type Write = (text: string) => Promise<void>

/** Such an answer as OpenAPI describes it. */
export const answerText = Type.Unsafe<Readable>({ type: 'string' })

/** Writes an answer until it is complete, or until `ended`: the client went, its time is over, or the process closes. */
export type Produce = (write: Write, ended: AbortSignal) => Promise<void>

/** Answers that are written by and by; they end when the process closes, so that it can. */
export class AnswerStreams {
  readonly #closing = new AbortController()
  readonly #underWay = new Set<Promise<void>>()

  constructor(app: Pick<FastifyInstance, 'addHook'>) {
    app.addHook('preClose', async () => {
      this.#closing.abort()
      await Promise.all(this.#underWay)
    })
  }

  /**
   * The body of an answer. When `produce` fails, the connection breaks off (before the first text: the answer is the error);
   * `done` is called at the end in any case.
   */
  begin(produce: Produce, { millisecondsMax, done }: { millisecondsMax?: number; done: () => void }): Readable {
    const body = new PassThrough()
    const closed = new AbortController()
    body.once('close', () => closed.abort())
    const ended = AbortSignal.any([
      this.#closing.signal,
      closed.signal,
      ...(millisecondsMax === undefined ? [] : [AbortSignal.timeout(millisecondsMax)]),
    ])
    const write: Write = async (text) => {
      ended.throwIfAborted()
      if (!body.write(text)) await once(body, 'drain', { signal: ended })
    }
    const written = produce(write, ended)
      .then(
        // What was interrupted has no reader who would see its end.
        () => void (body.writableNeedDrain ? body.destroy() : body.end()),
        (error) => void body.destroy(error),
      )
      .finally(() => {
        this.#underWay.delete(written)
        done()
      })
    this.#underWay.add(written)
    return body
  }
}
