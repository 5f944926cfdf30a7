import { inspect } from "node:util";
import { expect, it } from "vitest";
import {
  newAccountBundle,
  openAccountBundle,
  rotateAccountBundle,
  sealAccountBundle,
} from "./account-bundle.ts";
import { CryptoError } from "./errors.ts";
import { signPublicKey } from "./key-signature.ts";
import { legacyMasterKey, openLegacyPrivateKey, sealLegacyPrivateKey } from "./legacy-account.ts";
import { signMessage } from "./message-signature.ts";
import { CURRENT_KDF, newSalt, stretchPassword } from "./password.ts";
import { toBase64 } from "./primitives/octets.ts";
import { recoveryKeys } from "./recovery-keys.ts";
import { readRecoveryWords, recoveryWords } from "./recovery-words.ts";
import { sealText } from "./sealed.ts";
import { emptyVault, openVault, sealVault } from "./vault.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, at) => 200 - at);
const OTHER_KEY = new Uint8Array(32).fill(9);
const LONG_KEY = Uint8Array.from([...KEY, 1]);
const PASSWORD = "zanzibar-\ud800";
const WORDS = recoveryWords(KEY.subarray(0, 16));
const CONTEXT = { chatId: 1, senderId: 2, clientMessageId: "0b5c6a3e", replyToMessageId: null } as const;

const FAILURES: Readonly<Record<string, () => unknown>> = {
  "a bundle that another key opens": async () =>
    openAccountBundle(OTHER_KEY, sealAccountBundle(KEY, await newAccountBundle())),
  "a bundle that is no JSON": () =>
    openAccountBundle(OTHER_KEY, sealText(OTHER_KEY, `{"x25519":"${toBase64(KEY)}`)),
  "a bundle with a bad key": () =>
    openAccountBundle(OTHER_KEY, sealText(OTHER_KEY, `{"v":2,"x25519":"${toBase64(KEY)}"}`)),
  "a bundle that is no base64": () => openAccountBundle(KEY, "zanzibar"),
  "a bundle sealed with a long key": async () => sealAccountBundle(LONG_KEY, await newAccountBundle()),
  "a rotation to nowhere": async () =>
    rotateAccountBundle({ ...(await newAccountBundle()), x25519: KEY }, -1),
  "an old account that another key opens": () =>
    openLegacyPrivateKey(OTHER_KEY, sealLegacyPrivateKey(KEY, KEY)),
  "an old account with a long key": () => openLegacyPrivateKey(KEY, sealLegacyPrivateKey(KEY, LONG_KEY)),
  "an old account's broken password": () => legacyMasterKey(PASSWORD, newSalt()),
  "a broken password": () =>
    stretchPassword({ login: "a", password: PASSWORD, salt: newSalt(), kdf: CURRENT_KDF }),
  "a weak hash": () =>
    stretchPassword({ login: "a", password: PASSWORD, salt: newSalt(), kdf: { ...CURRENT_KDF, m: 1 } }),
  "words in another order": () => readRecoveryWords([...WORDS].reverse().join(" ")),
  "words with a typing error": () => readRecoveryWords([...WORDS.slice(1), "zanzibar"].join(" ")),
  "too few words": () => readRecoveryWords(WORDS.slice(1).join(" ")),
  "a recovery secret of another length": () => recoveryKeys(KEY),
  "a signature with a long seed": () => signPublicKey(LONG_KEY, OTHER_KEY, 1),
  "a message that cannot be signed": () =>
    signMessage(KEY, { ...CONTEXT, messageType: "text", metadata: null }, { ciphertext: "", nonce: "" }, 0),
  "a vault that another key opens": () => openVault(OTHER_KEY, sealVault(KEY, emptyVault())),
  "a vault with a long key": () => openVault(LONG_KEY, sealVault(KEY, emptyVault())),
};

it.each(Object.entries(FAILURES))("the error tells no secret: %s", async (_, fail) => {
  const error = await Promise.resolve()
    .then(fail)
    .catch((reason: unknown) => reason);
  if (!(error instanceof CryptoError)) throw new TypeError("that should have been refused");
  // The stack repeats the message; its other lines are places in the code.
  const { message, cause } = error;
  const printed = inspect({ ...error, message, cause }, { depth: null, showHidden: true });
  const hex = Buffer.from(KEY).toString("hex");
  for (const secret of ["zanzibar", ...WORDS, toBase64(KEY), toBase64(KEY).slice(0, 20), hex, "200, 199"])
    expect(printed.toLowerCase()).not.toContain(secret.toLowerCase());
});
