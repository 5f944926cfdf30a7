import { LIMITS } from "@tacit/protocol";
import { createSigner, createVerifier } from "fast-jwt";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Who an access token speaks for. */
export interface AccessClaims {
  readonly userId: number;
  readonly sessionId: string;
  readonly login: string;
  readonly username: string;
  readonly nickname: string;
}

/** Makes and checks access tokens: JWT (RFC 7519), HS256 and nothing else. */
export interface AccessTokens {
  issue(claims: AccessClaims): string;
  /** @returns nothing for any token that is not ours, not an access token or no longer valid. */
  read(token: string): { readonly userId: number; readonly sessionId: string } | undefined;
}

/** @param key of the instance: whoever has it can speak for anyone. */
export function accessTokens(key: Buffer): AccessTokens {
  const sign = createSigner({ key, algorithm: "HS256", expiresIn: LIMITS.accessTokenSeconds * 1000 });
  // Without the library's cache: one HMAC costs no more than its lookup, and nothing can outlive its expiry there.
  const verify = createVerifier({ key, algorithms: ["HS256"], requiredClaims: ["sub", "sid", "iat", "exp"] });
  return {
    issue: ({ userId, sessionId, login, username, nickname }) =>
      sign({ sub: userId, sid: sessionId, token_type: "access", login, username, nickname } as object),
    read: (token) => {
      const claims = verifiedClaims(verify, token);
      if (claims?.token_type !== "access") return undefined;
      if (!Number.isSafeInteger(claims.sub) || typeof claims.sid !== "string" || !UUID.test(claims.sid))
        return undefined;
      return { userId: claims.sub as number, sessionId: claims.sid };
    },
  };
}

function verifiedClaims(
  verify: (token: string) => unknown,
  token: string,
): Record<string, unknown> | undefined {
  try {
    return verify(token) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
