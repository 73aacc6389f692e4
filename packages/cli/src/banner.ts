import type { Connection } from './connection.ts'

interface Facts {
  connection: Connection
  dataDir: string
  /** Where the rows are. */
  database: string
  firstStart: boolean
}

const exampleUser = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'jane@example.com',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [{ value: 'jane@example.com', primary: true }],
  active: true,
}

/** What a person needs after the start, on one screen; the commands work when pasted into a shell. */
export function renderBanner({ connection, dataDir, database, firstStart }: Facts): string {
  const { scimBaseUrl, scimToken, adminUrl, operatorKey, organizationId } = connection
  return `
Muster is running.${firstStart ? '' : ' (Same data, tokens and keys as last time.)'}

  SCIM base URL    ${scimBaseUrl}
  Bearer token     ${scimToken}
  Management API   ${adminUrl}/api   (documentation: ${adminUrl}/api/docs)
  Operator key     ${operatorKey}
  Organization     ${organizationId}

Create a user, as an identity provider would:

  curl -sS ${scimBaseUrl}/Users \\
    -H 'Authorization: Bearer ${scimToken}' \\
    -H 'Content-Type: application/scim+json' \\
    -d '${JSON.stringify(exampleUser)}'

See what happened:

  curl -sS '${adminUrl}/api/events?organizationId=${organizationId}' \\
    -H 'Authorization: Bearer ${operatorKey}'

  Data        ${dataDir} (these facts: connection.json; what the services say: logs/)
  Database    ${database}
  Stop        Ctrl-C; everything is kept for the next start
`
}
