import type { SdkAnswer, SdkRequest } from "../load/sdk-client.ts";
import { mebibytes, milliseconds } from "../report.ts";
import { type Figure, repeated, type Scenario } from "../scenario.ts";
import { median, summary } from "../statistics.ts";
import { startChild } from "../system/child.ts";
import { withTemporaryDirectory } from "../system/paths.ts";
import { withServer } from "../system/server-process.ts";

/** Octets of the file; encrypted it is still below what the server takes. */
const FILE = 50_000_000;
/** Half of it: what that needs too does not come from the size. */
const SMALL_FILE = FILE / 2;
/** How much more a file of twice the size may need. */
const FLAT = 1.5;

/** A large file from the disk of one device to the server: encrypted, kept for restarts, uploaded. */
export const sdkFiles: Scenario = {
  name: "sdk-files",
  expectedSeconds: ({ runs }) => 10 + runs * 10,
  run: (options, say) =>
    withTemporaryDirectory((directory) =>
      withServer({ dataDirectory: `${directory}/data` }, async ({ url }) => {
        const peer = await ask({ kind: "register", path: `${directory}/peer`, server: url });
        const path = `${directory}/device`;
        await ask({ kind: "register", path, server: url });
        const send = (octets: number, collect: boolean) =>
          ask({ kind: "send-file", path, to: peer.userId, octets, collect });
        const runs = await repeated(options, say, () => send(FILE, false));
        say("and once more for what is in use");
        const [small, large] = [await send(SMALL_FILE, true), await send(FILE, true)];
        return figures(runs, { small: small.grown, large: large.grown });
      }),
    ),
};

/** In a process of its own each time, so that nothing of an earlier run is in its memory. */
export async function ask(request: SdkRequest): Promise<SdkAnswer> {
  const child = startChild<SdkRequest, SdkAnswer>(new URL("../load/sdk-client.js", import.meta.url));
  try {
    return await child.ask(request);
  } finally {
    await child.end();
  }
}

function figures(
  runs: readonly SdkAnswer[],
  inUse: { readonly small: number; readonly large: number },
): Figure[] {
  const took = runs.map((run) => run.took);
  const grown = runs.map((run) => run.grown);
  return [
    {
      name: "SDK: encrypt and upload a file of 50 MB",
      target: "under 3,000 ms",
      measured: summary(took, milliseconds),
      ok: median(took) < 3000,
    },
    {
      name: "… octets in use meanwhile, more than before",
      target: `flat: at most ${FLAT} × what half of the file needs`,
      measured: `${mebibytes(inUse.large)}, half of it ${mebibytes(inUse.small)}`,
      ratio: (inUse.large / inUse.small).toFixed(2),
      ok: inUse.large <= FLAT * inUse.small,
    },
    {
      name: "… resident memory meanwhile, more than before: with garbage, and what LevelDB holds",
      measured: summary(grown, mebibytes),
    },
  ];
}
