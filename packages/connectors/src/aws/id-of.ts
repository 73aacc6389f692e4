import { ConnectorError } from '../connector-error.ts'

/** An identifier that the model requires. @throws ConnectorError `protocol` where it is missing */
export function idOf(name: string, value: string | undefined): string {
  if (value !== undefined && value !== '') return value
  throw new ConnectorError('protocol', `The Identity Store answered without a ${name}.`)
}
