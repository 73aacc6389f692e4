import { mark } from './marks.ts'
import { maskName } from './mask-name.ts'

const agentCharactersMax = 200
/** Product names and versions, comments; no addresses, and nothing as long as a token. */
const agentWord = /^[\w.,;:()/+-]{1,31}$/
const mediaType = /^(?:application|text|multipart|image|audio|video)\/[\w.+-]{1,60}$/i
const detailCharactersMax = 500
/** Quoted by us: punctuation that a parser expects, the number of a version. */
const ownWords = /^(?:\W{0,2}|\d{1,19})$/
const unprintable = /[^\x20-\x7e…–’]/g

/** The User-Agent of a request: it names programs. */
export function maskAgent(agent: string): string {
  const words = agent.slice(0, agentCharactersMax).split(' ')
  return words.map((word) => (word === '' || agentWord.test(word) ? word : mark(word))).join(' ')
}

/** A Content-Type without its parameters. */
export function maskMediaType(header: string): string {
  const essence = (header.split(';', 1)[0] ?? '').trim()
  return mediaType.test(essence) ? essence.toLowerCase() : mark(essence)
}

/** The `detail` of an error of ours: it names attributes in quotes, and a client may have written anything for one. */
export function maskDetail(detail: string): string {
  const text = detail.slice(0, detailCharactersMax).replace(unprintable, '?')
  return text.replace(/"([^"]*)"?/g, (quoted, name: string) => (ownWords.test(name) ? quoted : `"${maskName(name)}"`))
}
