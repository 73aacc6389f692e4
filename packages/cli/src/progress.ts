import type { WriteStream } from 'node:tty'

/** One line that is written over again and again; nothing at all where no person watches. */
export function showProgress(stream: WriteStream): { say(text: string): void; clear(): void } {
  const write = (text: string) => {
    if (stream.isTTY) stream.write(`\r\u001B[2K${text}`)
  }
  return {
    say: (text) => write(text.slice(0, Math.max(0, stream.columns - 1))),
    clear: () => write(''),
  }
}
