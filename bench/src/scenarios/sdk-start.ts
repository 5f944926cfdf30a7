import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { encryptText, newMessageKey, sealEnvelope } from "@tacit/client/crypto";
import { WebSocket } from "ws";
import { type Account, call, createAccounts } from "../load/people.ts";
import { milliseconds } from "../report.ts";
import { repeated, type Scenario } from "../scenario.ts";
import { median, summary } from "../statistics.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { withServer } from "../system/server-process.ts";
import { ask } from "./sdk-files.ts";

const MESSAGES = 50_000;
/** Fewer than a socket may have unfinished. */
const AT_ONCE = 50;
const TEXT = "The meeting is at ten, in the room on the second floor; bring the plans with you, please.";

/** A device that holds a long history: how soon it shows something, with the server gone. */
export const sdkStart: Scenario = {
  name: "sdk-start",
  expectedSeconds: ({ runs }) => 150 + runs * 3,
  run: (options, say) =>
    withTemporaryDirectory(async (directory) => {
      const path = `${directory}/device`;
      const loading = await withServer({ dataDirectory: `${directory}/data` }, async ({ url }) => {
        const [sender] = await createAccounts(url, 1);
        if (!sender) throw new Error("nobody could register");
        const { userId } = await ask({ kind: "register", path, server: url });
        say(`${MESSAGES} messages are written`);
        await write(url, sender, userId);
        say("and read for the first time");
        return await ask({ kind: "load", path, messages: MESSAGES });
      });
      const runs = await repeated(options, say, () => ask({ kind: "open", path }));
      const took = runs.map((run) => run.took);
      return [
        {
          name: "SDK: from a store with 50,000 messages to a first screen, offline",
          target: "under 500 ms",
          measured: summary(took, milliseconds),
          ok: median(took) < 500,
        },
        { name: "… a new device fetches and decrypts these messages", measured: milliseconds(loading.took) },
      ];
    }),
};

/** As an old client writes in a private chat: encrypted for the reader alone, and not signed. */
async function write(url: string, sender: Account, readerId: number): Promise<void> {
  const { id: chat_id } = await call<{ id: number }>(
    url,
    "/chats",
    { kind: "private", user_ids: [readerId] },
    sender.token,
  );
  const publicKey = await publicKeyOf(url, sender, readerId);
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws`, {
    headers: { authorization: `Bearer ${sender.token}` },
  });
  await once(socket, "open");
  let number = 0;
  const lane = async () => {
    while (number < MESSAGES) {
      number += 1;
      const message = await encrypted(`${number}: ${TEXT}`, readerId, publicKey);
      await exchange(socket, { type: "send_message", chat_id, ...message });
    }
  };
  socket.setMaxListeners(AT_ONCE + 10);
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  socket.close();
}

async function publicKeyOf(url: string, { token }: Account, userId: number): Promise<Uint8Array> {
  const answer = await fetch(`${url}/users/${userId}/public-key`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const { public_key } = (await answer.json()) as { public_key: string };
  return new Uint8Array(Buffer.from(public_key, "base64"));
}

async function encrypted(text: string, readerId: number, publicKey: Uint8Array) {
  const key = newMessageKey();
  const envelopes = { [readerId]: await sealEnvelope(key, publicKey) };
  return { message: JSON.stringify(encryptText(key, text)), envelopes };
}

/** Sends a frame and waits for its `ok`. */
function exchange(socket: WebSocket, frame: object): Promise<void> {
  const request_id = randomUUID();
  return new Promise((resolve, reject) => {
    const hear = (data: Buffer) => {
      const answer = JSON.parse(data.toString()) as { type: string; request_id?: string; error?: string };
      if (answer.request_id !== request_id) return;
      socket.off("message", hear);
      if (answer.type === "ok") resolve();
      else reject(new Error(answer.error));
    };
    socket.on("message", hear);
    socket.send(JSON.stringify({ ...frame, request_id }));
  });
}
