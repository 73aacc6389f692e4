import { type Static, Type } from 'typebox'
import { secretText } from '../config-field.ts'

const destination = { destination: true } as const
const endpoint = (description: string) =>
  Type.String({ pattern: '^https?://[^/?#@\\s]+/?$', maxLength: 512, description, ...destination })

/**
 * What a directory of type `AWS_DIRECTORY` is configured with. Patterns are those of AWS's own APIs (Identity Store `IdentityStoreId`,
 * IAM `accessKeyIdType`, STS `AssumeRole`).
 */
export const awsConfig = Type.Object(
  {
    accessKeyId: Type.String({
      pattern: '^[A-Za-z0-9_]{16,128}$',
      description: 'The access key of an IAM user, or of temporary credentials.',
    }),
    secretAccessKey: secretText('Its secret.'),
    sessionToken: Type.Optional(
      secretText('What belongs to temporary credentials; not for the key of a user.', { maxLength: 16_384 }),
    ),
    region: Type.String({
      pattern: '^[a-z]{2,4}(-[a-z]{2,16}){1,2}-[0-9]{1,2}$',
      maxLength: 64,
      description: 'The region of IAM Identity Center, such as eu-central-1.',
    }),
    identityStoreId: Type.String({
      pattern: '^(d-[0-9a-f]{10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$',
      description: 'The identity store, such as d-1234567890: Settings of IAM Identity Center show it.',
    }),
    roleArn: Type.Optional(
      Type.String({
        pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,576}$',
        description: 'A role that the key may assume, and that reads in its place.',
      }),
    ),
    externalId: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_+=,.@:/-]{2,1224}$',
        description: 'What the trust policy of the role asks for (sts:ExternalId).',
      }),
    ),
    endpoint: Type.Optional(endpoint('Where the Identity Store answers, in place of its public address.')),
    stsEndpoint: Type.Optional(endpoint('Where the Security Token Service answers, in place of its public address.')),
  },
  { additionalProperties: false },
)

export type AwsConfig = Static<typeof awsConfig>
