import { randomBytes } from "node:crypto";
import type { OwnAccount, SignedIn, UploadedFile } from "@tacit/protocol";
import { checkAnswer } from "./contract-check.ts";
import { encodeForm, type FormPart } from "./form.ts";
import { type HttpAnswer, sendRequest } from "./http-request.ts";
import { generateKeyPair, masterKey, recoveryKey, sealPrivateKey } from "./legacy-crypto.ts";
import { registerSecret, registerSecretsIn } from "./secrets.ts";
import { openTestSocket, type SocketOptions, type TestSocket } from "./test-socket.ts";

/** What a request may carry. */
export interface RequestOptions {
  /** An object goes out as JSON; a string or bytes as they are, with the content type that `headers` give. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of the client's own access token; `null` sends none. */
  readonly token?: string | null;
  /** Throws unless the answer has this status. */
  readonly expectStatus?: number;
}

/** An answer that the protocol allows. `body` is `any`, because tests look into it where they expect something. */
export interface Answer extends Omit<HttpAnswer, "body"> {
  // biome-ignore lint/suspicious/noExplicitAny: it was validated against the protocol, whose type only the test knows
  readonly body: any;
}

/** Who an account belongs to: what an existing client knows. */
export interface Identity {
  readonly login: string;
  readonly username: string;
  readonly nickname: string;
  password: string;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly recoverySecret: string;
}

/** What can be chosen about a client; the rest is random and unique. */
export interface ClientOptions {
  /** Comes to the server as `X-Forwarded-For`, which it believes from `trustedProxies: ["127.0.0.1"]`. */
  readonly clientAddress?: string;
  readonly deviceName?: string;
  readonly appVersion?: string;
}

/** What can be chosen about a new account; `fields` are added to the request. */
export interface RegisterOptions extends ClientOptions, Partial<Identity> {
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A person with a client. Every answer is checked strictly against the protocol; what it does not allow throws. */
export class TestClient {
  readonly url: string;
  readonly options: ClientOptions;
  identity: Identity;
  /** As the server last told. */
  account: OwnAccount | undefined;
  token: string | undefined;
  refreshToken: string | undefined;
  sessionId: string | undefined;

  constructor(server: { readonly url: string }, options: ClientOptions & Partial<Identity> = {}) {
    this.url = server.url;
    this.options = options;
    this.identity = makeIdentity(options);
  }

  /** Creates an account and signs in. */
  static async register(
    server: { readonly url: string },
    options: RegisterOptions = {},
  ): Promise<TestClient> {
    const client = new TestClient(server, options);
    const { body } = await client.post("/auth/register", {
      body: { ...registration(client.identity), ...options.fields },
      expectStatus: 200,
    });
    client.account = body;
    await client.login();
    return client;
  }

  /** Another device of the same person, signed in on its own. */
  async onAnotherDevice(options: ClientOptions = {}): Promise<TestClient> {
    const client = new TestClient(this, { ...this.identity, ...this.options, ...options });
    await client.login();
    return client;
  }

  /** Id of the account. */
  get id(): number {
    if (!this.account) throw new Error("This client has no account yet.");
    return this.account.id;
  }

  /** Signs in and keeps the tokens; `fields` are added to the request. */
  async login(fields: Readonly<Record<string, unknown>> = {}): Promise<SignedIn> {
    const { login, password } = this.identity;
    const answer = await this.post("/auth/login", {
      body: { login, password, ...fields },
      expectStatus: 200,
    });
    return this.keep(answer.body);
  }

  /** Exchanges the refresh token and keeps the new ones. */
  async refresh(): Promise<void> {
    const { body } = await this.post("/auth/refresh", {
      body: { refresh_token: this.refreshToken },
      expectStatus: 200,
    });
    this.token = body.token;
    this.refreshToken = body.refresh_token;
  }

  /** Keeps the tokens of a login or a completed recovery. */
  keep(signedIn: SignedIn): SignedIn {
    this.account = signedIn.user;
    this.token = signedIn.token;
    this.refreshToken = signedIn.refresh_token;
    this.sessionId = signedIn.session_id;
    return signedIn;
  }

  /**
   * Sends a request with this client's token and headers.
   *
   * @throws {ContractViolation} if the answer is not one that the protocol allows.
   */
  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    if (typeof options.body === "string") registerSecret("body", options.body);
    registerSecretsIn(options.body);
    const { body, headers } = encodeBody(options.body);
    const answer = await sendRequest(this.url, {
      method,
      path,
      body,
      headers: { ...this.#headers(options.token), ...headers, ...options.headers },
    });
    if (answer.status < 400) registerSecretsIn(answer.body);
    checkAnswer(method, path, answer);
    return options.expectStatus === undefined
      ? answer
      : expectStatus(answer, options.expectStatus, `${method} ${path}`);
  }

  get(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("GET", path, options);
  }

  post(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("POST", path, options);
  }

  patch(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("PATCH", path, options);
  }

  put(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("PUT", path, options);
  }

  delete(path: string, options?: RequestOptions): Promise<Answer> {
    return this.request("DELETE", path, options);
  }

  /** Sends a form, its parts in this order. */
  sendForm(
    method: string,
    path: string,
    parts: readonly FormPart[],
    { boundary, ...options }: Omit<RequestOptions, "body"> & { readonly boundary?: string } = {},
  ): Promise<Answer> {
    for (const { filename } of parts) if (filename !== undefined) registerSecret("filename", filename);
    const { body, headers } = encodeForm(parts, boundary);
    return this.request(method, path, { ...options, body, headers: { ...headers, ...options.headers } });
  }

  /** Stores a file in a chat; of text, its UTF-8. */
  async upload(
    chatId: number,
    content: string | Uint8Array,
    { filename = "file.bin", mimetype }: { readonly filename?: string; readonly mimetype?: string } = {},
  ): Promise<UploadedFile> {
    const type = mimetype === undefined ? {} : { contentType: mimetype };
    const parts = [
      { name: "chat_id", content: String(chatId) },
      { name: "file", content, filename, ...type },
    ];
    const { body } = await this.sendForm("POST", "/media", parts, { expectStatus: 200 });
    return body;
  }

  /** Opens a WebSocket as this client. @throws {SocketRefused} if the server answers with a status instead. */
  socket(options: SocketOptions = {}): Promise<TestSocket> {
    const token = options.token === undefined ? this.token : options.token;
    return openTestSocket(this.url, {
      ...options,
      token,
      headers: { ...this.#headers(null), ...options.headers },
    });
  }

  #headers(token: string | null | undefined): Record<string, string> {
    const { clientAddress, deviceName, appVersion } = this.options;
    const used = token === undefined ? this.token : token;
    if (used) registerSecret("access token", used);
    return {
      ...(used ? { authorization: `Bearer ${used}` } : {}),
      ...(clientAddress ? { "x-forwarded-for": clientAddress } : {}),
      ...(deviceName ? { "x-device-name": deviceName } : {}),
      ...(appVersion ? { "x-app-version": appVersion } : {}),
    };
  }
}

/** @throws {Error} that shows the answer, unless it has the status. */
export function expectStatus<A extends HttpAnswer>(answer: A, status: number, what = "The server"): A {
  if (answer.status === status) return answer;
  throw new Error(`${what} answered ${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`);
}

function encodeBody(body: unknown): { body?: string | Uint8Array; headers: Record<string, string> } {
  if (body === undefined) return { headers: {} };
  if (typeof body === "string" || body instanceof Uint8Array) return { body, headers: {} };
  return { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
}

function makeIdentity(chosen: Partial<Identity>): Identity {
  const tag = randomBytes(6).toString("hex");
  const keys = generateKeyPair();
  const identity = {
    login: chosen.login ?? `login-${tag}`,
    username: chosen.username ?? `person-${tag}`,
    nickname: chosen.nickname ?? `Person ${tag}`,
    password: chosen.password ?? `Password-${randomBytes(9).toString("base64url")}`,
    publicKey: chosen.publicKey ?? keys.publicKey,
    privateKey: chosen.privateKey ?? keys.privateKey,
    recoverySecret: chosen.recoverySecret ?? `recovery-${randomBytes(16).toString("hex")}`,
  };
  registerSecret("password", identity.password);
  registerSecret("private key", identity.privateKey);
  registerSecret("recovery secret", identity.recoverySecret);
  return identity;
}

/** The body with which an existing client registers: its private key sealed twice. */
export function registration(identity: Identity): Record<string, unknown> {
  const { login, username, nickname, password, publicKey, privateKey, recoverySecret } = identity;
  const salt = randomBytes(16).toString("base64");
  const keys = { master: masterKey(password, salt), recovery: recoveryKey(recoverySecret) };
  registerSecret("master key", keys.master);
  registerSecret("recovery key", keys.recovery);
  return {
    login,
    username,
    nickname,
    password,
    pkebymk: sealPrivateKey(privateKey, keys.master),
    pkebyrk: sealPrivateKey(privateKey, keys.recovery),
    pubk: publicKey,
    salt,
  };
}
