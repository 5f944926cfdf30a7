// Sends a file with progress, receives and saves it, and cancels a transfer.  npm run example -- files [server]
import { randomBytes } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileFromPath } from "@tacit/client";
import { register } from "./people.mjs";

const server = process.argv[2] ?? "http://localhost:8081";
const folder = await mkdtemp(join(tmpdir(), "tacit-files-"));
const [original, saved] = [join(folder, "holiday.bin"), join(folder, "received.bin")];
await writeFile(original, randomBytes(5_000_000));

const alice = await register(server, "Alice");
const bob = await register(server, "Bob");
const arrivals = bob.arrivals();
const chat = await alice.chats.withUser(bob);

// Prints every quarter once.
function quarters(what) {
  let next = 25;
  return (done, total) => {
    for (; next <= 100 && done * 100 >= next * total; next += 25) console.log(`${what} ${next} %`);
  };
}

// Encrypted piece by piece, kept until the server has it; here it is cancelled at once, and nothing is sent.
const cancel = new AbortController();
const sending = chat.send({ files: [await fileFromPath(original)], signal: cancel.signal });
cancel.abort();
await sending.catch((error) => console.log(`Cancelled: ${error.name}`));

const uploaded = quarters("Uploaded");
alice.on("transfer", ({ done, total }) => uploaded(done, total));
await chat.send({ text: "From our holiday", files: [await fileFromPath(original)] });

for await (const message of arrivals) {
  const [file] = message.attachments;
  console.log(`Bob receives ${file.name} (${file.mimetype}, ${file.size} octets): ${message.text}`);
  const downloaded = quarters("Downloaded");
  const onProgress = (done) => downloaded(done, file.size);
  // Every piece is verified before it is written. Bob chooses the name: the sender's could be anything.
  await pipeline(file.stream({ onProgress }), createWriteStream(saved));
  break;
}
const same = (await readFile(original)).equals(await readFile(saved));
console.log(`Saved, and the same as what Alice sent: ${same}`);

await alice.close();
await bob.close();
await rm(folder, { recursive: true });
