import {
  indexedDb,
  type LoginOptions,
  type OldAccountOptions,
  type RecoverOptions,
  type RegisterOptions,
  Tacit,
  TacitError,
  type Unproven,
} from "@tacit/client";
import { deviceName } from "./device-name.ts";
import { forgetPerson } from "./forget-person.ts";
import { VERSION } from "./version.ts";

/** How far this device is with letting somebody in. */
export type DeviceState =
  /** The storage is being opened. */
  | { readonly name: "opening" }
  /** The page did not come over https: the browser gives it no cryptography. */
  | { readonly name: "insecure" }
  /** Nobody is signed in here. `removed`: somebody was until now, and everything of theirs is gone from here. */
  | { readonly name: "nobody"; readonly removed?: true }
  /** An account is there, and its recovery words have still to be proven. */
  | { readonly name: "unproven"; readonly unproven: Unproven }
  /** Somebody is signed in. */
  | { readonly name: "open"; readonly tacit: Tacit }
  /** The storage cannot be opened. */
  | { readonly name: "failed"; readonly error: unknown };

type Own = "server" | "storage" | "deviceName" | "appVersion" | "delays";

/** The account on this device: opens it, lets somebody in, and notices when they are out again. */
export class Device {
  #state: DeviceState = { name: "opening" };
  #isLeaving = false;
  readonly #listeners = new Set<() => void>();

  /** How far it is. The same object until it changes. */
  get state(): DeviceState {
    return this.#state;
  }

  /** Hears when {@link Device.state} changes. @returns ends it */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens what the storage holds. It fails into the state `failed`, never by throwing. */
  async open(): Promise<void> {
    if (!globalThis.isSecureContext || globalThis.crypto?.subtle === undefined)
      return this.#become({ name: "insecure" });
    this.#become({ name: "opening" });
    await this.#openKept();
  }

  async #openKept(): Promise<void> {
    try {
      this.#enter(await Tacit.open(this.#here()));
    } catch (error) {
      if (!(error instanceof TacitError)) this.#become({ name: "failed", error });
      else if (error.code === "store_empty") this.#become({ name: "nobody" });
      else if (error.code === "recovery_not_proven") await this.#resumeProof();
      else this.#become({ name: "failed", error });
    }
  }

  /** Signs in. @throws as `Tacit.login` */
  async signIn(credentials: Omit<LoginOptions, Own>): Promise<void> {
    this.#enter(await online(Tacit.login({ ...this.#there(), ...credentials })));
  }

  /** Makes an account, whose words have then to be proven. @throws as `Tacit.register` */
  async signUp(account: Omit<RegisterOptions, Own>): Promise<void> {
    const unproven = await online(Tacit.register({ ...this.#there(), ...account }));
    this.#become({ name: "unproven", unproven });
  }

  /** Opens the account with its recovery words. @throws as `Tacit.recover` */
  async recover(recovery: Omit<RecoverOptions, Own>): Promise<void> {
    this.#enter(await online(Tacit.recover({ ...this.#there(), ...recovery })));
  }

  /** Signs in to an account of an old client. @throws as `Tacit.loginOldAccount` */
  async upgrade(account: Omit<OldAccountOptions, Own>): Promise<void> {
    try {
      const unproven = await online(Tacit.loginOldAccount({ ...this.#there(), ...account }));
      this.#become({ name: "unproven", unproven });
    } catch (error) {
      // It is one of today's already, and its words are proven: it is signed in.
      if (error instanceof TacitError && error.code === "not_possible") await this.open();
      else throw error;
    }
  }

  /** Takes the answers about the recovery words. @returns false if they are wrong. @throws as `Unproven.confirm` */
  async prove(answers: readonly string[]): Promise<boolean> {
    if (this.#state.name !== "unproven") return false;
    const tacit = await this.#state.unproven.confirm(answers);
    if (tacit) this.#enter(tacit);
    return tacit !== undefined;
  }

  /**
   * Signs in again after the server ended the session; everything on this device stays.
   * @throws as `Tacit.login`; then what is here can still be read
   */
  async signInAgain(password: string, rememberMe: boolean): Promise<void> {
    if (this.#state.name !== "open") return;
    const { tacit } = this.#state;
    const { login } = tacit;
    await tacit.close();
    try {
      await this.signIn({ login, password, rememberMe });
    } catch (error) {
      // Without passing through "opening", which would take away what is on the screen.
      await this.#openKept();
      throw error;
    }
  }

  /**
   * Signs out, or deletes the account. Nobody is told that everything is gone before it is: a tab that hangs may keep it.
   * @throws as what is done, while the account is still here
   */
  async leave(work: (tacit: Tacit) => Promise<void>): Promise<void> {
    if (this.#state.name !== "open") return;
    this.#isLeaving = true;
    try {
      await work(this.#state.tacit);
      this.#become({ name: "nobody", removed: true });
    } catch (error) {
      if (this.#isOpen) throw error;
      forgetPerson();
      this.#become({ name: "failed", error });
    } finally {
      this.#isLeaving = false;
    }
  }

  /** Removes everything from this device without asking the server: the way on when the storage is damaged. */
  async forget(): Promise<void> {
    const { name } = this.#state;
    if (this.#state.name === "open") await this.#state.tacit.close();
    if (this.#state.name === "unproven") await this.#state.unproven.close();
    try {
      await indexedDb().destroy();
      this.#become({ name: "nobody", removed: true });
    } catch (error) {
      // What is closed must not stay on the screen.
      if (name === "failed") throw error;
      this.#become({ name: "failed", error });
    }
  }

  async #resumeProof(): Promise<void> {
    try {
      const unproven = await Tacit.unproven(this.#here());
      if (unproven) this.#become({ name: "unproven", unproven });
      else await this.open();
    } catch (error) {
      this.#become({ name: "failed", error });
    }
  }

  #enter(tacit: Tacit): void {
    tacit.on("session", ({ state }) => {
      const isCurrent = this.#state.name === "open" && this.#state.tacit === tacit;
      if (state === "wiped" && isCurrent)
        this.#become(this.#isLeaving ? { name: "opening" } : { name: "nobody", removed: true });
    });
    // Else a browser may throw the account away when the disk is full. It decides by itself, without asking.
    void navigator.storage?.persist?.();
    this.#become({ name: "open", tacit });
  }

  get #isOpen(): boolean {
    return this.#state.name === "open";
  }

  #here() {
    return {
      storage: indexedDb(),
      deviceName: deviceName(navigator.userAgent),
      appVersion: `Tacit Web ${VERSION}`,
    };
  }

  #there() {
    return { ...this.#here(), server: location.origin };
  }

  #become(state: DeviceState): void {
    if (state.name === "nobody" && state.removed) forgetPerson();
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** Parts of the app that are loaded when they are needed do not come without the network either. */
async function online<T>(entrance: Promise<T>): Promise<T> {
  try {
    return await entrance;
  } catch (error) {
    if (error instanceof TypeError && /import(ing|ed)? .*module|module script/i.test(error.message))
      throw new TacitError("unreachable", "A part of the app could not be loaded.");
    throw error;
  }
}
