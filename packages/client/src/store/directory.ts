export { directory } from "#platform/directory";
export type { DirectoryOptions } from "../platform/directory.ts";
