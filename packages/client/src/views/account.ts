import { endpoints, type ResponseOf } from "@tacit/protocol";
import type { PasswordChange } from "../account/change-password.ts";
import type { RecoveryProof, RecoveryRenewal } from "../account/recovery-proof.ts";
import type { Rotation } from "../account/rotate-keys.ts";
import { type DeviceSession, listSessions, revokeOtherSessions, revokeSession } from "../account/sessions.ts";
import type { Commands } from "../core/commands.ts";
import type { AccountApi } from "../transport/api.ts";

/** My own profile, as the server knows it. */
export type OwnProfile = ResponseOf<typeof users.getMe>;

const { users } = endpoints;

/** My account: profile, password, keys, devices. */
export class OwnAccount {
  readonly #api: AccountApi;
  readonly #commands: Commands;

  /** @internal */
  constructor(api: AccountApi, commands: Commands) {
    this.#api = api;
    this.#commands = commands;
  }

  /** Asks the server for my profile. */
  async profile(): Promise<OwnProfile> {
    return await this.#api.call(users.getMe, {});
  }

  /**
   * Changes what others see me as.
   * @param nickname 1 to 32 characters
   */
  async setNickname(nickname: string): Promise<OwnProfile> {
    return await this.#api.call(users.setNickname, { body: { nickname } });
  }

  /**
   * Changes what others find me by. The login stays.
   * @param username 1 to 64 characters
   * @throws TacitError `username_taken`
   */
  async setUsername(username: string): Promise<OwnProfile> {
    return await this.#api.call(users.setUsername, { body: { username } });
  }

  /**
   * Sets or removes my picture.
   * @param picture PNG, JPEG, GIF or WebP, at most 5 MiB; everybody can see it. `null` removes it
   * @throws TacitError `invalid_image`, `body_too_large`
   */
  async setAvatar(picture: Blob | null): Promise<OwnProfile> {
    const form = new FormData();
    if (picture) form.set("avatar", picture);
    else form.set("remove", "true");
    return await this.#api.form(users.setAvatar, { form });
  }

  /** The devices that are signed in, newest first. */
  async sessions(): Promise<DeviceSession[]> {
    return await listSessions(this.#api);
  }

  /** Signs a device out. @throws TacitError `not_found` */
  async revokeSession(id: string): Promise<void> {
    await revokeSession(this.#api, id);
  }

  /** Signs all devices out but this one. */
  async revokeOtherSessions(): Promise<void> {
    await revokeOtherSessions(this.#api);
  }

  /** Every other session is ended; the recovery words stay. @throws TacitError `wrong_password`, `weak_password` */
  async changePassword(change: PasswordChange): Promise<void> {
    await this.#commands.changePassword(change);
  }

  /**
   * Replaces the key pair to which others encrypt. What was written to the old one stays readable, on all devices.
   * @throws TacitError `wrong_password`, `invalid_recovery`
   */
  async rotateKeys(rotation: Rotation): Promise<void> {
    await this.#commands.rotateKeys(rotation);
  }

  /** New recovery words; they replace the old ones once they are proven. @throws TacitError `wrong_password` */
  async renewRecovery(renewal: RecoveryRenewal): Promise<RecoveryProof> {
    const { id, words, positions } = await this.#commands.renewRecovery(renewal);
    return { words, positions, confirm: (answers) => this.#commands.confirmRecovery(id, answers) };
  }
}
