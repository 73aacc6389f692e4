import { spawn } from 'node:child_process'
import { pathOf, type SlapdProgram } from './slapd-programs.ts'

/** Runs a program to its end. @throws Error with what it said when it fails */
export async function runProgram(program: SlapdProgram, args: readonly string[], input = ''): Promise<void> {
  const child = spawn(pathOf(program), args, { stdio: ['pipe', 'ignore', 'pipe'] })
  const said: Buffer[] = []
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.on('error', reject).on('close', resolve)
  child.stdin.on('error', () => undefined).end(input)
  const code = await promise
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${Buffer.concat(said)}`)
}
