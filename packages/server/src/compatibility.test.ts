import { readFileSync } from "node:fs";
import type { SignedIn } from "@tacit/protocol";
import { registration, startTestServer, TestClient, type TestServer, type TestSocket } from "@tacit/testkit";
import { expect, test } from "vitest";

/** What one of the people does, and what has to come of it. `${name}` stands for a value that was kept before. */
interface Step {
  readonly about?: string;
  readonly as?: string;
  /** The same for each of them, one after the other; what is theirs is named `me`. */
  readonly each?: readonly string[];
  readonly connect?: true;
  readonly disconnect?: true;
  readonly send?: object;
  readonly request?: string;
  readonly body?: object;
  readonly status?: number;
  /** What the answer or the event has at least. */
  readonly answer?: object;
  readonly receives?: { readonly type: string; readonly chat_id?: number };
  /** Names for values of the answer or event, by their path in it. */
  readonly keep?: Readonly<Record<string, string>>;
}

interface Script {
  readonly headers: Readonly<Record<string, string>>;
  readonly people: readonly string[];
  readonly steps: readonly Step[];
}

const script = JSON.parse(
  readFileSync(new URL("./fixtures/existing-client.json", import.meta.url), "utf8"),
) as Script;

test("an existing client, in its order and with its quirks, gets all that it relies on", async () => {
  await using server = await startTestServer();
  const replay = new Replay(server);
  for (const [index, step] of script.steps.entries()) {
    for (const who of step.each ?? [step.as ?? ""]) {
      await replay.play(step, who).catch((error: Error) => {
        const what = step.request ?? step.receives?.type ?? JSON.stringify(step.send);
        throw new Error(`Step ${index} (${who}, ${what}): ${error.message}`, { cause: error });
      });
    }
  }
  await replay.end();
});

class Replay {
  readonly #clients = new Map<string, TestClient>();
  readonly #sockets = new Map<string, TestSocket>();
  readonly #kept = new Map<string, unknown>();

  constructor(server: TestServer) {
    for (const name of script.people) {
      const client = new TestClient(server);
      this.#clients.set(name, client);
      for (const [field, value] of Object.entries(registration(client.identity)))
        this.#kept.set(`${name}.${field}`, value);
    }
  }

  async play(step: Step, who: string): Promise<void> {
    const client = this.#clients.get(who);
    if (!client) throw new Error("the script names nobody");
    const filled = this.#fill(step, who) as Step;
    if (filled.disconnect) await this.#sockets.get(who)?.close();
    if (filled.connect) this.#sockets.set(who, await client.socket({ headers: script.headers }));
    if (filled.send) this.#sockets.get(who)?.send(filled.send);
    if (filled.request) await this.#request(filled, who, client);
    if (filled.receives) await this.#receive(filled, who);
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets.values()) await socket.close();
  }

  async #request({ request = "", body, status, answer, keep }: Step, who: string, client: TestClient) {
    const [method = "", path = ""] = request.split(" ");
    const response = await client.request(method, path, {
      headers: script.headers,
      ...(body === undefined ? {} : { body }),
    });
    expect({ status: response.status, body: response.body }).toMatchObject({
      status,
      ...(answer === undefined ? {} : { body: answer }),
    });
    if (response.body?.token) this.#signIn(client, response.body);
    if (response.body?.token) this.#kept.set(`${who}.refresh_token`, response.body.refresh_token);
    this.#keep(keep, who, response.body);
  }

  #signIn(client: TestClient, tokens: Partial<SignedIn> & Pick<SignedIn, "token">): void {
    client.token = tokens.token;
    if (tokens.user) client.account = tokens.user;
  }

  /** The next of its type and, if it names a chat, of that chat: what happens elsewhere is not this step's. */
  async #receive({ receives, keep }: Step, who: string): Promise<void> {
    const { type, chat_id } = receives ?? {};
    const frame = await this.#sockets
      .get(who)
      ?.next((each) => each.type === type && (!chat_id || ("chat_id" in each && each.chat_id === chat_id)));
    expect(frame).toMatchObject(receives ?? {});
    this.#keep(keep, who, frame);
  }

  #keep(names: Step["keep"], who: string, value: unknown): void {
    for (const [name, path] of Object.entries(names ?? {})) {
      const found = path.split(".").reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value);
      this.#kept.set(name.replace(/^me\./, `${who}.`), found);
    }
  }

  #fill(value: unknown, who: string): unknown {
    if (typeof value === "string") return this.#fillText(value, who);
    if (Array.isArray(value)) return value.map((item) => this.#fill(item, who));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) =>
        key === "keep" ? [key, item] : [String(this.#fillText(key, who)), this.#fill(item, who)],
      ),
    );
  }

  /** A text that is nothing but a name becomes the value itself, so that ids stay numbers. */
  #fillText(text: string, who: string): unknown {
    const keptAs = (name: string) => {
      const full = name.replace(/^me\./, `${who}.`);
      if (!this.#kept.has(full)) throw new Error(`nothing was kept as ${full}`);
      return this.#kept.get(full);
    };
    const whole = /^\$\{([\w.]+)\}$/.exec(text)?.[1];
    if (whole !== undefined) return keptAs(whole);
    return text.replaceAll(/\$\{([\w.]+)\}/g, (_, name: string) => String(keptAs(name)));
  }
}
