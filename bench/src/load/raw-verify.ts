import { verify } from "@node-rs/argon2";
import { answerParent } from "../system/child.ts";

/** How long a hash is compared with a password, again and again; the answer is `perSecond`. */
export interface RawVerifyRequest {
  readonly hash: string;
  readonly password: string;
  readonly atOnce: number;
  readonly seconds: number;
}

/** What Argon2 can do at best: the same hash, without a request, a database or anything else beside it. */
answerParent(async ({ hash, password, atOnce, seconds }: RawVerifyRequest) => {
  const begin = performance.now();
  let done = 0;
  const repeat = async () => {
    while (performance.now() - begin < seconds * 1000) {
      if (!(await verify(hash, password))) throw new Error("the password is not that of the hash");
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, repeat));
  return { perSecond: done / ((performance.now() - begin) / 1000) };
});
