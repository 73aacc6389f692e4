import { open, readFile, rename } from 'node:fs/promises'
import type { Checkpoint } from './consuming/checkpoint.ts'

/**
 * A checkpoint in a file, which is replaced as a whole: a process that is killed leaves the old or the new one. One
 * consumer a file. @throws Error when the file holds something else
 */
export function fileCheckpoint(path: string): Checkpoint {
  return {
    load: async () => {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
      if (text === undefined) return undefined
      if (!/^\d{1,15}\n?$/.test(text)) throw new Error(`${path} is no checkpoint`)
      return Number(text)
    },
    save: async (sequence) => {
      const draft = `${path}.new`
      const file = await open(draft, 'w')
      try {
        await file.writeFile(`${sequence}\n`)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(draft, path)
    },
  }
}
