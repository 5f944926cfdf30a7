import type { Database } from "@tacit/server/db/database";
import { type Account, createAccounts } from "../load/people.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { withServer } from "../system/server-process.ts";
import { openBuiltIn } from "./raw-inserts.ts";

/** Someone alone on a server, whose database can be filled past it. */
export interface OneReader {
  readonly url: string;
  readonly reader: Account;
  readonly database: Database;
}

/** Starts a server with one account, works with it and leaves nothing. */
export function withOneReader<T>(work: (one: OneReader) => Promise<T>): Promise<T> {
  return withTemporaryDirectory((directory) =>
    withServer({ dataDirectory: `${directory}/data` }, async ({ url, dataDirectory }) => {
      const database = await openBuiltIn(dataDirectory);
      try {
        const [reader] = await createAccounts(url, 1);
        if (!reader) throw new RangeError("nobody signed up");
        return await work({ url, reader, database });
      } finally {
        await database.close();
      }
    }),
  );
}
