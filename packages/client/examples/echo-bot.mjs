// An encrypted echo bot.  npm run example -- echo-bot [server] [--directory PATH] [--once]
import { parseArgs } from "node:util";
import { directory, Tacit } from "@tacit/client";
import { proven } from "./people.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { directory: { type: "string", default: ".echo-bot" }, once: { type: "boolean" } },
});
const [server = "http://localhost:8081"] = positionals;
const storage = directory(values.directory, { passphrase: process.env.ECHO_BOT_PASSPHRASE });

// The first start makes an account. Later ones go on with it, without a password.
async function open() {
  try {
    return await Tacit.open({ storage });
  } catch (error) {
    if (error.code === "recovery_not_proven") return await proven(await Tacit.unproven({ storage }));
    if (error.code !== "store_empty") throw error;
  }
  const login = `echo-${crypto.randomUUID().slice(0, 8)}`;
  const account = {
    server,
    login,
    username: login,
    nickname: "Echo",
    password: crypto.randomUUID(),
    storage,
  };
  const unproven = await Tacit.register(account);
  console.log(`Keep these words safe, they open the bot's account: ${unproven.words.join(" ")}`);
  return await proven(unproven);
}

// What is unread has not been answered: also what came while the bot was away, or when it was stopped in the middle.
async function answer(chat) {
  if (chat?.unread === 0 || chat === undefined) return 0;
  const unread = [];
  for await (const message of chat.history()) {
    if (message.id <= chat.readId) break;
    if (!message.isMine && message.verified) unread.unshift(message);
  }
  for (const message of unread) {
    await chat.send({ text: message.text, replyTo: message });
    await chat.markRead(message);
    console.log(`Answered ${message.sender.nickname}`);
  }
  return unread.length;
}

const bot = await open();
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => stop.abort());
bot.on("session", () => stop.abort());
const arrivals = bot.arrivals({ signal: stop.signal });
await bot.ready({ signal: stop.signal });
console.log(`Listening as ${bot.me.username}`);

let answered = 0;
for (const chat of bot.chats.list()) answered += await answer(chat);
if (!values.once || answered === 0) {
  for await (const message of arrivals) {
    answered += await answer(bot.chats.get(message.chatId));
    if (values.once && answered > 0) break;
  }
}
if (values.once) await bot.flush();
await bot.close();
console.log("Stopped");
