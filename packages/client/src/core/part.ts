import { openAccount } from "../account/account.ts";
import { TacitError } from "../errors.ts";
import type { ChangeFeed } from "../sync/changes.ts";
import { callCommand, commandsBy, joinTabs, type Tab } from "../tabs/tabs.ts";
import type { Session } from "../transport/session.ts";
import type { Commands } from "./commands.ts";
import type { Opened } from "./opening.ts";
import { type AccountWriter, startWriter } from "./writer.ts";

/** Becomes the writer of the account, or asks the one that there is in another tab. */
export async function takePart(opened: Opened, feed: ChangeFeed): Promise<Tab> {
  const { store, http, options } = opened;
  const { delays, storage } = options;
  const { sharedAs } = storage;
  let { account, tokens } = opened;
  const start = async () => {
    const writer = await startWriter({
      ...{ account, http, store, feed },
      ...(tokens && { tokens }),
      ...(delays && { delays }),
    });
    tokens = undefined;
    return writer;
  };
  if (sharedAs === undefined) return alone(await start());
  return await joinTabs({
    name: sharedAs,
    feed,
    start: async () => {
      // Another tab may have been the writer meanwhile: what it wrote counts.
      account = await openAccount(store);
      return await start();
    },
    onFailure: () => feed.tell({ kind: "connection", state: { status: "closed" } }),
  });
}

/** The only part that there is. */
function alone(writer: AccountWriter): Tab {
  let closing: Promise<void> | undefined;
  const { commands } = writer;
  return {
    commands: commandsBy(async (name, args) => {
      if (closing) throw new TacitError("closed", "This client was closed.");
      return await callCommand(commands, name, args);
    }),
    close: () => {
      closing ??= writer.close();
      return closing;
    },
  };
}

/** The session of an account as those see it who are not its writer. */
export function sessionBy(commands: Commands): Session {
  return {
    accessToken: () => commands.accessToken(),
    renew: (rejected) => commands.renewToken(rejected),
    ended: false,
    end: () => {},
    close: async () => {},
  };
}
