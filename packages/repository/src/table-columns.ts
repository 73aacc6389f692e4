import type { ColumnType } from 'kysely'

/** A jsonb column: read as a value, written as JSON text. */
export type Json<T> = ColumnType<T, string, string>
export type OptionalJson<T> = ColumnType<T, string | undefined, string>
export type NullableJson<T> = ColumnType<T | null, string | null | undefined, string | null>
export type Nullable<T> = ColumnType<T | null, T | null | undefined, T | null>
export type Timestamp = ColumnType<Date, Date | undefined, Date>

export interface Owned {
  organization_id: string
}

export interface InDirectory extends Owned {
  directory_id: string
}

export interface Credential {
  credential_hash: Buffer
  hint: string
  created_at: Timestamp
  revoked_at: Nullable<Date>
}

export interface SealedSecret {
  sealed_secret: Buffer
  sealed_previous_secret: Nullable<Buffer>
  previous_expires_at: Nullable<Date>
}
