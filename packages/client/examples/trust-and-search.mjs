// Is it really Bob? And what did he say about the lake?  npm run example -- trust-and-search [server]
import { register } from "./people.mjs";

const server = process.argv[2] ?? "http://localhost:8081";
const alice = await register(server, "Alice");
const bob = await register(server, "Bob");

// Both read their number out, face to face or on the phone; or one scans the other's QR code.
const number = await alice.people.safetyNumber(bob);
console.log(`Safety number: ${number.match(/\d{5}/g).join(" ")}`);
console.log(`Bob sees the same: ${number === (await bob.people.safetyNumber(alice))}`);
const scanned = await bob.people.safetyQr(alice);
const comparison = await alice.people.compareQr(bob, scanned);
console.log(`Alice scans Bob's code: ${comparison}`);
if (comparison === "match") await alice.people.setVerified(bob, true);
const { verifiedAt } = await alice.people.identity(bob);
console.log(`Verified: ${verifiedAt !== undefined}`);

const arrivals = alice.arrivals();
const chat = await bob.chats.withUser(alice);
const texts = ["Shall we swim in the lake?", "Or climb the hill?", "The lakes are warm already."];
for (const text of texts) await chat.send(text);
for await (const message of arrivals) if (message.text === texts[2]) break;
for (const found of await alice.search("LAKE")) console.log(`Found: ${found.text}`);

await alice.close();
await bob.close();
