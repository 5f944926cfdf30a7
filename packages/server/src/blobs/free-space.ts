import { statfs } from "node:fs/promises";
import { TacitError } from "../errors.ts";

/** Octets that uploads leave free: the database may be on the same disk, and stops when that is full. */
const RESERVE_BYTES = 512 * 1024 * 1024;
/** Of a small disk, this share instead. */
const RESERVE_SHARE = 0.05;

/** Room promised to one upload. */
export interface ReservedSpace {
  /** Tells that so many of the promised octets are on the disk, where the file system counts them itself. */
  use(bytes: number): void;
  /** Gives back what was not used. */
  release(): void;
}

/** Promises room on the file system of a directory, so that uploads under way cannot fill it together. */
export interface FreeSpace {
  /** @throws {TacitError} `storage_full` if there would be less left than is kept in reserve. */
  reserve(bytes: number): Promise<ReservedSpace>;
}

/** Watches the file system that a directory is on. */
export function freeSpace(directory: string): FreeSpace {
  let promised = 0;
  return {
    async reserve(bytes) {
      const { bavail, blocks, bsize } = await statfs(directory);
      const reserve = Math.min(RESERVE_BYTES, blocks * bsize * RESERVE_SHARE);
      if (bavail * bsize - promised - bytes < reserve) throw new TacitError("storage_full");
      let remaining = bytes;
      promised += remaining;
      const use = (used: number) => {
        const counted = Math.min(used, remaining);
        remaining -= counted;
        promised -= counted;
      };
      return { use, release: () => use(remaining) };
    },
  };
}
