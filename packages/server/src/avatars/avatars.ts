import { LIMITS } from "@tacit/protocol";
import type { Route } from "../http/endpoint.ts";
import { pictureRenderer } from "./picture.ts";
import { type RemovalDependencies, startRemoval } from "./removal.ts";
import { avatarRoutes } from "./routes.ts";
import { type AvatarsDependencies, avatarsService } from "./service.ts";
import { uploads } from "./upload.ts";

const MIB = 1024 * 1024;
/** A dozen of the largest at once. */
const UPLOAD_MEMORY = 64 * MIB;

/** Pictures of people and chats. */
export interface Avatars {
  readonly routes: readonly Route[];
  /** To be called after the commit of what may have left a picture without anybody who uses it. */
  readonly removeUnused: () => void;
  /** Finishes what is under way in the background. */
  close(): Promise<void>;
}

/** Builds the domain. */
export function createAvatars(dependencies: AvatarsDependencies & RemovalDependencies): Avatars {
  const removal = startRemoval(dependencies);
  const service = avatarsService(dependencies, pictureRenderer(), removal.resume);
  return {
    routes: avatarRoutes(service, uploads(LIMITS.avatarBytes, UPLOAD_MEMORY)),
    removeUnused: removal.resume,
    close: removal.close,
  };
}
