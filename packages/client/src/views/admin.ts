import { type BodyOf, endpoints, type QueryOf, type ResponseOf } from "@tacit/protocol";
import type { Api } from "../transport/transport.ts";

const { admin } = endpoints;

/** An invitation to make an account. */
export type Invite = ResponseOf<typeof admin.createInvite>;
/** An account, as administrators see it. */
export type AdminUser = ResponseOf<typeof admin.updateUser>;
/** What somebody reported. */
export type Report = ResponseOf<typeof admin.updateReport>;

/** What administrators of a server do. Everybody else is refused with `administrators_only`. */
export class Administration {
  readonly #api: Api;

  /** @internal */
  constructor(api: Api) {
    this.#api = api;
  }

  /**
   * Makes an invitation.
   * @param invite.uses how many may use it; by default one
   * @param invite.expires_in seconds
   */
  async createInvite(invite: BodyOf<typeof admin.createInvite> = {}): Promise<Invite> {
    return await this.#api.call(admin.createInvite, { body: invite });
  }

  /** The invitations that can still be used, newest first. */
  async invites(): Promise<Invite[]> {
    return await this.#api.call(admin.listInvites, {});
  }

  /** Makes an invitation void. @throws TacitError `not_found` */
  async deleteInvite(code: string): Promise<void> {
    await this.#api.call(admin.deleteInvite, { params: { code } });
  }

  /** Accounts, newest first, a page at a time: `before_id` is the last id of the page before. */
  async users(query: QueryOf<typeof admin.listUsers> = {}): Promise<AdminUser[]> {
    return await this.#api.call(admin.listUsers, { query });
  }

  /** Disables an account, which ends its sessions, or makes somebody an administrator. @throws TacitError `last_administrator` */
  async updateUser(id: number, change: BodyOf<typeof admin.updateUser>): Promise<AdminUser> {
    return await this.#api.call(admin.updateUser, { params: { id }, body: change });
  }

  /** What people reported, newest first, a page at a time. */
  async reports(query: QueryOf<typeof admin.listReports> = {}): Promise<Report[]> {
    return await this.#api.call(admin.listReports, { query });
  }

  /** Resolves, dismisses or reopens a report. @throws TacitError `not_found` */
  async updateReport(id: number, state: Report["state"]): Promise<Report> {
    return await this.#api.call(admin.updateReport, { params: { id }, body: { state } });
  }
}
