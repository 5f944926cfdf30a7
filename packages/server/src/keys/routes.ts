import { type BodyOf, keyEndpoints as endpoints, type KeyBundle, type PublicKey } from "@tacit/protocol";
import { ifNoneMatchNames } from "../http/byte-range.ts";
import type { Client } from "../http/client.ts";
import { type Caller, type Route, route } from "../http/endpoint.ts";
import type { Vault } from "./vault.ts";

/** What the routes of keys call. */
export interface KeyActions {
  publicKeyOf(userId: number): Promise<PublicKey>;
  ownBundle(userId: number): Promise<KeyBundle>;
  rotate(caller: Caller, client: Client, change: BodyOf<typeof endpoints.replaceKeys>): Promise<PublicKey>;
  readonly vault: Vault;
}

/** HTTP of keys and vaults. The password change is auth's. */
export function keyRoutes({ publicKeyOf, ownBundle, rotate, vault }: KeyActions): Route[] {
  return [
    route(endpoints.getPublicKey, ({ params }) => publicKeyOf(params.id)),
    route(endpoints.replaceKeys, ({ caller, client, body }) => rotate(caller, client, body)),
    route(endpoints.getKeys, async ({ caller }) => {
      const { pkebymk, pkebyrk, salt, kdf, key_version } = await ownBundle(caller.userId);
      return { pkebymk, pkebyrk, salt, kdf, key_version };
    }),
    route(endpoints.getVault, async ({ caller, headers, reply }) => {
      const { etag, sealed } = await vault.read(caller.userId);
      void reply.header("etag", etag).header("cache-control", "private, no-cache");
      if (ifNoneMatchNames(text(headers["if-none-match"]), etag)) return reply.code(304).send();
      void reply.type("application/octet-stream");
      return sealed;
    }),
    route(endpoints.putVault, async ({ caller, headers, body, reply }) => {
      const etag = await vault.write(caller.userId, body, text(headers["if-match"]));
      void reply.header("etag", etag);
      return undefined;
    }),
  ];
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(", ") : header;
}
