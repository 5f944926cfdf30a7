import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { unsupported } from "./binaries.ts";
import { EmbeddedPostgresError } from "./errors.ts";
import { type Command, run } from "./run.ts";

/** Runs PostgreSQL's programs as a user they accept, and ties their life to this process. */
export interface Launcher {
  /** Who PostgreSQL's files belong to; undefined when it is the user of this process. */
  readonly owner: Owner | undefined;
  /** The command that runs `program`, which gets `deathSignal` when this process dies (Linux). */
  command(program: string, args: string[], deathSignal: "INT" | "KILL"): Command;
}

/** A user by numbers. */
export interface Owner {
  uid: number;
  gid: number;
}

/**
 * Chooses how to run PostgreSQL and proves that it runs. `clusterOwner` is who owns an existing cluster.
 * Throws `no_privilege_tool` or `unsupported_platform`.
 */
export async function findLauncher(postgres: string, clusterOwner: Owner | undefined): Promise<Launcher> {
  const setpriv = process.platform === "linux" ? await findInPath("setpriv") : undefined;
  if (process.getuid?.() === 0) return rootLauncher(postgres, setpriv, clusterOwner);
  // An old setpriv cannot tie lives together; the next start then ends what was left running.
  if (setpriv && (await probe(ordinary(setpriv), postgres)).code === 0) return ordinary(setpriv);
  await requireRunning(plain, postgres);
  return plain;
}

const plain: Launcher = {
  owner: undefined,
  command: (program, args) => ({ file: program, args }),
};

function ordinary(setpriv: string): Launcher {
  return {
    owner: undefined,
    command: (program, args, deathSignal) => ({
      file: setpriv,
      args: [`--pdeathsig=${deathSignal}`, "--", program, ...args],
    }),
  };
}

async function rootLauncher(postgres: string, setpriv: string | undefined, clusterOwner: Owner | undefined) {
  if (!setpriv)
    throw noTool("PostgreSQL refuses to run as root and the command setpriv (util-linux) is missing");
  const owner = clusterOwner ?? (await userInPasswd("postgres")) ?? (await userInPasswd("nobody"));
  if (!owner) throw noTool("PostgreSQL refuses to run as root and there is no user postgres or nobody");
  const launcher = asOwner(setpriv, owner);
  await requireRunning(launcher, postgres);
  return launcher;
}

// dac_override lets PostgreSQL through directories only root may enter (a home of mode 0700); without
// no_setuid_fixup the kernel takes that capability away when the uid changes.
function asOwner(setpriv: string, owner: Owner): Launcher {
  const become = [
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
  ];
  return {
    owner,
    command: (program, args, deathSignal) => ({
      file: setpriv,
      args: [...become, `--pdeathsig=${deathSignal}`, "--", program, ...args],
    }),
  };
}

function probe(launcher: Launcher, postgres: string) {
  return run(launcher.command(postgres, ["-V"], "KILL"));
}

async function requireRunning(launcher: Launcher, postgres: string): Promise<void> {
  const { code, lines } = await probe(launcher, postgres);
  if (code === 0) return;
  const complaint = lines.find((line) => line.startsWith("setpriv:") && !line.includes("failed to execute"));
  if (complaint) {
    throw noTool(`PostgreSQL refuses to run as root and setpriv cannot change the user here (${complaint})`);
  }
  const reason = lines.at(-1) ?? "no reason given";
  throw unsupported(`The built-in PostgreSQL does not run on this system (${reason})`);
}

function noTool(reason: string): EmbeddedPostgresError {
  const message = `${reason}: run Tacit as an ordinary user, or set DATABASE_URL to a PostgreSQL server of your own.`;
  return new EmbeddedPostgresError("no_privilege_tool", message);
}

async function userInPasswd(name: string): Promise<Owner | undefined> {
  const passwd = await readFile("/etc/passwd", "utf8").catch(() => "");
  const fields = passwd.split("\n").map((line) => line.split(":"));
  const [, , uid, gid] = fields.find(([user]) => user === name) ?? [];
  return uid && gid && uid !== "0" ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

async function findInPath(name: string): Promise<string | undefined> {
  for (const directory of (process.env.PATH ?? "").split(delimiter)) {
    const path = join(directory, name);
    if (directory && (await executable(path))) return path;
  }
  return undefined;
}

async function executable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
