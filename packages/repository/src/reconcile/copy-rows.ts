import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** A value of a row to be copied; arrays are of texts, objects become JSON. */
type Value = string | number | boolean | null | undefined | readonly string[] | object

/** Characters that COPY's text format reads otherwise than they stand. */
const special = /[\\\n\r\t]/g
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
/** Characters that are handed on together. */
const chunkCharacters = 64 * 1_024

/** Copies rows into columns of a table, in the transaction of the connection: the fastest way in, and without parameters. */
export async function copyRows(
  client: pg.PoolClient,
  table: string,
  columns: readonly string[],
  rows: Iterable<readonly Value[]>,
): Promise<void> {
  const stream = client.query(copyFrom(`COPY ${table} (${columns.join(', ')}) FROM STDIN`))
  await pipeline(Readable.from(chunks(rows)), stream)
}

function* chunks(rows: Iterable<readonly Value[]>): Generator<string> {
  let chunk = ''
  for (const row of rows) {
    chunk += `${row.map(toText).join('\t')}\n`
    if (chunk.length < chunkCharacters) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

function toText(value: Value): string {
  if (value === null || value === undefined) return '\\N'
  if (typeof value === 'object') return escapeText(Array.isArray(value) ? toArrayText(value) : JSON.stringify(value))
  return typeof value === 'string' ? escapeText(value) : String(value)
}

function escapeText(text: string): string {
  return text.replace(special, (character) => escapes[character] ?? character)
}

/** An array of texts as Postgres writes one. */
function toArrayText(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replace(/["\\]/g, '\\$&')}"`).join(',')}}`
}
