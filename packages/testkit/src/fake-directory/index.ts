export {
  createFakeDirectory,
  type DirectoryChange,
  type FakeDirectory,
  type FakeGroup,
  type FakeUser,
} from './fake-directory.ts'
