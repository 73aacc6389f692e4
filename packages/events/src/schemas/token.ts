import { Type } from 'typebox'
import { closed, timestamp } from './values.ts'

export const tokenSchema = closed(
  { id: Type.String(), hint: Type.String({ description: 'The end of the token.' }), expiresAt: timestamp },
  { description: 'A SCIM token of the directory.' },
)
