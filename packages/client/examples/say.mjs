// Says something to somebody and waits for an answer.  npm run example -- say USERNAME TEXT [server]
import { register } from "./people.mjs";

const [username, text, server = "http://localhost:8081"] = process.argv.slice(2);
const me = await register(server, "Carol");
const arrivals = me.arrivals();
const chat = await me.chats.withUser(username);
await chat.send(text);
for await (const answer of arrivals) {
  console.log(`${answer.sender.nickname} answers: ${answer.text}`);
  break;
}
await me.close();
