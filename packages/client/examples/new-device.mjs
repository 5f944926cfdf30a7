// A new device, the password forgotten: twelve words bring everything back.  npm run example -- new-device [server]
import { memory, Tacit } from "@tacit/client";
import { proven, register } from "./people.mjs";

const server = process.argv[2] ?? "http://localhost:8081";
const login = `alice-${crypto.randomUUID().slice(0, 8)}`;
const unproven = await Tacit.register({
  server,
  login,
  username: login,
  nickname: "Alice",
  password: crypto.randomUUID(),
  storage: memory(),
});
const words = unproven.words.join(" ");
const oldDevice = await proven(unproven);
const bob = await register(server, "Bob");
const arrivals = bob.arrivals();
const chat = await oldDevice.chats.withUser(bob);
for (const text of ["One", "Two", "Three"]) await chat.send(text);
for await (const message of arrivals) {
  if (message.text !== "Three") continue;
  await message.chat.send("Four");
  break;
}
await bob.flush();
await oldDevice.close();

// All that is left are the login and the words.
const newPassword = crypto.randomUUID();
const newDevice = await Tacit.recover({ server, login, words, newPassword, storage: memory() });
await newDevice.ready();
const sameChat = await newDevice.chats.withUser(bob);
for await (const message of sameChat.history()) {
  console.log(`${message.sender.nickname}: ${message.text} (verified: ${message.verified})`);
}
await newDevice.close();
await bob.close();
