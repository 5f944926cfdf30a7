import { Agent } from "node:http";
import { answerParent } from "../system/child.ts";
import { downloadFile, uploadFile } from "./media-requests.ts";
import type { Person } from "./people.ts";

/** What a process that moves files is asked for; each connection is kept and belongs to somebody else. */
export interface TransfersRequest {
  readonly kind: "upload" | "download";
  readonly url: string;
  /** As many connections; each uploads to its person's chat, and downloads what it has uploaded there before. */
  readonly people: readonly Person[];
  /** So many files on each connection, or as many as there is time for: then those under way are broken off. */
  readonly each: { readonly files: number } | { readonly seconds: number };
  /** Octets of a file. */
  readonly size: number;
}

/** What was moved. */
export interface TransfersResult {
  /** Octets of files, also of those that were broken off. */
  readonly bytesPerSecond: number;
}

/** By server and chat. */
const uploaded = new Map<string, number>();

answerParent(async (request: TransfersRequest): Promise<TransfersResult> => {
  const begin = performance.now();
  let bytes = 0;
  const onProgress = (octets: number) => {
    bytes += octets;
  };
  await Promise.all(request.people.map((person) => moveOneByOne(request, person, onProgress)));
  return { bytesPerSecond: bytes / ((performance.now() - begin) / 1000) };
});

async function moveOneByOne(
  { kind, url, each, size }: TransfersRequest,
  person: Person,
  onProgress: (octets: number) => void,
): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const timeout = "seconds" in each ? AbortSignal.timeout(each.seconds * 1000) : undefined;
  const limit = "files" in each ? each.files : Number.POSITIVE_INFINITY;
  const connection = {
    url,
    token: person.token,
    agent,
    onProgress,
    ...(timeout ? { signal: timeout } : {}),
  };
  const place = `${url} ${person.chatId}`;
  try {
    for (let done = 0; done < limit; done += 1) {
      if (kind === "upload") uploaded.set(place, await uploadFile(connection, person.chatId, size));
      else await downloadFile(connection, uploaded.get(place) ?? 0, size);
    }
  } catch (error) {
    if (!timeout?.aborted) throw error;
  } finally {
    agent.destroy();
  }
}
