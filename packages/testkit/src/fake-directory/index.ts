export type { DirectoryChange, FakeDirectory, FakeGroup, FakeUser } from './directory-shapes.ts'
export { createFakeDirectory } from './fake-directory.ts'
