// Two people talk.  npm run example -- two-people [server]
import { register } from "./people.mjs";

const server = process.argv[2] ?? "http://localhost:8081";
const alice = await register(server, "Alice");
const bob = await register(server, "Bob");
const arrivals = { alice: alice.arrivals(), bob: bob.arrivals() };

const chat = await alice.chats.withUser(bob);
await chat.send("Hi Bob, are you there?");

for await (const question of arrivals.bob) {
  console.log(`Bob reads from ${question.sender.nickname}: ${question.text}`);
  await question.chat.markRead(question);
  await question.reply("Yes!");
  break;
}
for await (const answer of arrivals.alice) {
  console.log(`Alice reads from ${answer.sender.nickname}: ${answer.text} (verified: ${answer.verified})`);
  break;
}
for await (const message of chat.messages()) {
  console.log(`${message.sender.nickname}: ${message.text}`);
}
await alice.close();
await bob.close();
