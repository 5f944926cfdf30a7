import { randomUUID } from "node:crypto";
import {
  decryptText,
  encryptText,
  newMessageKey,
  openEnvelope,
  sealEnvelope,
  signMessage,
  verifyMessage,
} from "@tacit/client/crypto";
import { milliseconds } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, summary } from "../statistics.ts";
import { generateIdentities, type SdkPerson } from "./sdk-people.ts";

/** Messages that are decrypted, and as many as are encrypted for two. */
const MESSAGES = 1000;
const GROUP = 100;
const GROUP_MESSAGES = 20;
const TEXT = "The meeting is at ten, in the room on the second floor; bring the plans with you, please.";

interface CryptoRun {
  readonly forTwo: number;
  readonly forGroup: number;
  readonly decrypt: number;
}

/** What one message costs the device of who writes and of who reads it. */
export const sdkCrypto: Scenario = {
  name: "sdk-crypto",
  expectedSeconds: ({ runs }) => 5 + runs * 5,
  run: async (options, say) => {
    const people = await generateIdentities(GROUP);
    await measure(people);
    return figures(await repeated(options, say, () => measure(people)));
  },
};

async function measure(people: readonly SdkPerson[]): Promise<CryptoRun> {
  const two = people.slice(0, 2);
  const started = performance.now();
  const messages: Written[] = [];
  for (let number = 0; number < MESSAGES; number += 1) messages.push(await write(two, number + 1));
  const forTwo = (performance.now() - started) / MESSAGES;
  const forGroup = await timed(async () => {
    for (let number = 0; number < GROUP_MESSAGES; number += 1) await write(people, number + 1);
  });
  const decrypt = await timed(async () => {
    await Promise.all(messages.map((message) => read(two, message)));
  });
  return { forTwo, forGroup: forGroup / GROUP_MESSAGES, decrypt };
}

type Written = Awaited<ReturnType<typeof write>>;

/** As the SDK does it: a new key, the text, a signature, an envelope for everyone. */
async function write(people: readonly SdkPerson[], number: number) {
  const [sender] = people;
  if (!sender) throw new RangeError("somebody has to write");
  const key = newMessageKey();
  const context = {
    ...{ chatId: 1, senderId: 1, clientMessageId: randomUUID(), replyToMessageId: null },
    ...{ messageType: "text", metadata: null },
  };
  const text = encryptText(key, `${number}: ${TEXT}`);
  const [message, ...envelopes] = await Promise.all([
    signMessage(sender.bundle.identitySeed, context, text, 0),
    ...people.map(({ publicKey }) => sealEnvelope(key, publicKey)),
  ]);
  return { context, message, envelopes };
}

async function read([sender, reader]: readonly SdkPerson[], { context, message, envelopes }: Written) {
  if (!sender || !reader) throw new RangeError("it takes two");
  const key = await openEnvelope(envelopes[1], reader.bundle.x25519);
  const known = { identityKey: sender.identityKey, knownRev: undefined };
  const verdict = await verifyMessage(message, context, known);
  if (verdict.outcome !== "verified") throw new Error("a message of the bench does not verify");
  return decryptText(key, message);
}

async function timed(task: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await task();
  return performance.now() - started;
}

function figures(runs: readonly CryptoRun[]): Figure[] {
  const line = (name: string, limit: number, values: readonly number[], target: string): Figure => ({
    name,
    target,
    measured: summary(values, milliseconds),
    ok: median(values) < limit,
  });
  return [
    line(
      "SDK: encrypt, sign and wrap for 2",
      2,
      runs.map(({ forTwo }) => forTwo),
      "under 2 ms",
    ),
    line(
      `SDK: encrypt, sign and wrap for ${GROUP}`,
      60,
      runs.map(({ forGroup }) => forGroup),
      "under 60 ms",
    ),
    line(
      "SDK: unwrap, verify and decrypt 1,000 messages",
      1500,
      runs.map(({ decrypt }) => decrypt),
      "under 1,500 ms",
    ),
  ];
}
