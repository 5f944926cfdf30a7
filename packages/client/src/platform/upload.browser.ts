import { TacitError } from "../errors.ts";
import { answerOf, FILE_NAME, FILE_TYPE, type SendFile, type UploadRequest } from "./upload.ts";

/** With XMLHttpRequest: `fetch` in browsers does not tell how far an upload is. */
export const sendFile: SendFile = async (upload) => {
  upload.signal.throwIfAborted();
  const file = await blobOf(upload);
  const form = new FormData();
  form.append("chat_id", String(upload.chatId));
  form.append("file", file, FILE_NAME);
  return await exchange(upload, form);
};

/** A blob for each piece, which the browser may keep on the disk; only one piece at a time is in the page's memory. */
async function blobOf({ pieces, signal }: UploadRequest): Promise<Blob> {
  const parts: Blob[] = [];
  for await (const piece of pieces()) {
    signal.throwIfAborted();
    parts.push(new Blob([new Uint8Array(piece)]));
  }
  return new Blob(parts, { type: FILE_TYPE });
}

async function exchange(
  { url, token, size, signal, onProgress }: UploadRequest,
  form: FormData,
): Promise<Response> {
  const request = new XMLHttpRequest();
  const stop = () => request.abort();
  try {
    return await new Promise((resolve, reject) => {
      signal.throwIfAborted();
      signal.addEventListener("abort", stop);
      // What the form adds to the file is counted at the beginning.
      request.upload.onprogress = ({ loaded, total }) => onProgress(Math.max(0, loaded - (total - size)));
      request.onload = () => settle(request, resolve, reject);
      request.onerror = () => reject(new TacitError("unreachable", "The server cannot be reached."));
      request.onabort = () => reject(signal.reason);
      request.open("POST", url);
      request.responseType = "arraybuffer";
      request.setRequestHeader("Authorization", `Bearer ${token}`);
      request.send(form);
    });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function settle(
  request: XMLHttpRequest,
  resolve: (answer: Response) => void,
  reject: (error: TacitError) => void,
): void {
  const { status, response } = request;
  const body = response instanceof ArrayBuffer ? new Uint8Array(response) : new Uint8Array(0);
  const answer = answerOf(status, request.getResponseHeader("Retry-After"), body);
  if (answer) resolve(answer);
  else reject(new TacitError("unreachable", "The server cannot be reached."));
}
