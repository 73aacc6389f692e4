import type { admin_directory_v1 as directory } from 'googleapis/build/src/apis/admin/directory_v1.js'

/** Google's documents, as its discovery document describes them. */
export interface GoogleDocuments {
  user: directory.Schema$User
  group: directory.Schema$Group
  member: directory.Schema$Member
  users: directory.Schema$Users
  groups: directory.Schema$Groups
  members: directory.Schema$Members
  channel: directory.Schema$Channel
  name: directory.Schema$UserName
  email: directory.Schema$UserEmail
  organization: directory.Schema$UserOrganization
  relation: directory.Schema$UserRelation
  phone: directory.Schema$UserPhone
  externalId: directory.Schema$UserExternalId
  location: directory.Schema$UserLocation
}
