import type { Route } from "../http/endpoint.ts";
import { createDownloads, type DownloadDependencies } from "./downloads.ts";
import { mediaRoutes } from "./routes.ts";
import { createUploads, type UploadDependencies } from "./uploads.ts";

/** What the domain needs from the rest of the server. */
export interface MediaDependencies extends UploadDependencies, DownloadDependencies {}

/** Builds the domain of uploaded files. */
export function createMedia(dependencies: MediaDependencies): { readonly routes: readonly Route[] } {
  return { routes: mediaRoutes(createUploads(dependencies), createDownloads(dependencies)) };
}
