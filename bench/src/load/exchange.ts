import { type Agent, request } from "node:http";

/** What is asked for, by whom, and on which connection: `false` takes one of its own, as that of somebody else. */
export interface Exchange {
  readonly url: string;
  readonly token: string;
  readonly agent: Agent | false;
  /** A POST of this JSON; without it a GET. */
  readonly json?: Buffer;
}

/**
 * Asks, and reads the answer to its end without looking at it: what it costs a client to write and read JSON is not the
 * server's time. @throws {Error} if the answer is a refusal.
 */
export async function exchange({ url, token, agent, json }: Exchange): Promise<void> {
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(json ? { "content-type": "application/json", "content-length": json.length } : {}),
    };
    const asked = request(url, { method: json ? "POST" : "GET", agent, headers }, (answer) => {
      answer
        .once("error", reject)
        .once("end", () => resolve(answer.statusCode))
        .resume();
    });
    asked.once("error", reject).end(json);
  });
  if (status !== 200) throw new Error(`${url} answered ${status}`);
}
