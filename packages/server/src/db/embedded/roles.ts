import { type Passwords, SERVER_ROLE, SUPERUSER_ROLE, scramVerifier } from "./credentials.ts";
import { failureFromOutput } from "./diagnosis.ts";
import type { Launcher } from "./privileges.ts";
import { run } from "./run.ts";
import { settingOptions } from "./settings.ts";

/** Creates the server's role and its database in a cluster that is not running. */
export async function createRoles(
  launcher: Launcher,
  postgres: string,
  cluster: string,
  passwords: Passwords,
) {
  await runSingleUser(launcher, postgres, cluster, [
    `CREATE ROLE ${SERVER_ROLE} LOGIN PASSWORD '${scramVerifier(passwords.server)}'`,
    // An ERROR can quote a value that a client sent; its message goes to the client, not to the log.
    `ALTER ROLE ${SERVER_ROLE} SET log_min_messages = log`,
    `CREATE DATABASE ${SERVER_ROLE} OWNER ${SERVER_ROLE}`,
  ]);
}

/** Gives both roles new passwords in a cluster that is not running. */
export async function setPasswords(
  launcher: Launcher,
  postgres: string,
  cluster: string,
  passwords: Passwords,
) {
  await runSingleUser(launcher, postgres, cluster, [
    `ALTER ROLE ${SERVER_ROLE} PASSWORD '${scramVerifier(passwords.server)}'`,
    `ALTER ROLE ${SUPERUSER_ROLE} PASSWORD '${scramVerifier(passwords.superuser)}'`,
  ]);
}

// Single-user mode needs no password and no socket, and takes one statement a line.
async function runSingleUser(launcher: Launcher, postgres: string, cluster: string, statements: string[]) {
  const args = ["--single", "-D", cluster, ...settingOptions(), "-c", "exit_on_error=on", "postgres"];
  const { code, lines } = await run(launcher.command(postgres, args, "KILL"), `${statements.join("\n")}\n`);
  if (code !== 0) throw failureFromOutput("Setting up the database's roles", cluster, lines);
}
