// What the examples share: somebody with a fresh account, kept in memory.
import { memory, Tacit } from "@tacit/client";

export async function register(server, nickname) {
  // A login and a username can be taken once, so that each run makes others.
  const login = `${nickname.toLowerCase()}-${crypto.randomUUID().slice(0, 8)}`;
  const password = crypto.randomUUID();
  const account = { server, login, username: login, nickname, password, storage: memory() };
  return await proven(await Tacit.register(account));
}

// A person is shown the words, writes them down, and types those back that are asked for.
export async function proven(unproven) {
  return await unproven.confirm(unproven.positions.map((position) => unproven.words[position]));
}
