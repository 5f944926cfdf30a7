import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { LIMITS } from "@tacit/protocol";
import ipaddr from "ipaddr.js";

/** Which PostgreSQL keeps the data: the built-in one, or the operator's. */
export type DatabaseConfig =
  | { readonly kind: "embedded" }
  | { readonly kind: "url"; readonly url: string }
  | {
      readonly kind: "fields";
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: string;
    };

/** Everything that can be set, validated. The README's table describes each setting for operators. */
export interface Config {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Loopback only; `null` serves no metrics. */
  readonly metricsPort: number | null;
  readonly dataDirectory: string;
  /** Where the built web app lies; `null` serves none. */
  readonly webDirectory: string | null;
  readonly database: DatabaseConfig;
  /** Exact origins, as `https://chat.example.org`. */
  readonly corsAllowOrigins: readonly string[];
  /** Addresses or CIDR ranges whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  readonly registration: "open" | "invite" | "closed";
  readonly registrationsPerHour: number;
  readonly passwordMinCharacters: number;
  /** MiB of all files that one user has uploaded and that still exist; 0 for no limit. */
  readonly mediaQuotaMib: number;
  /** MaxMind database that turns addresses into cities. */
  readonly geoIpFile: string | null;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
}

/** Settings that cannot be used, each with a plain sentence. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/**
 * Reads the settings from environment variables. An empty variable counts as not set.
 *
 * @throws {ConfigError} naming every setting that cannot be used.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const reader = new EnvironmentReader(environment);
  const config: Config = {
    host: reader.text("HOST") ?? "0.0.0.0",
    port: reader.integer("PORT", 8081, 0, 65_535),
    metricsPort: reader.integer("METRICS_PORT", 9464, 0, 65_535) || null,
    dataDirectory: reader.text("DATA_DIR") ?? "data",
    webDirectory: readWebDirectory(reader),
    database: readDatabase(reader),
    corsAllowOrigins: reader.list(
      "CORS_ALLOW_ORIGINS",
      isOrigin,
      "an origin such as https://chat.example.org",
    ),
    trustedProxies: reader.list("TRUSTED_PROXIES", isAddressRange, "an IP address or a CIDR range"),
    registration: reader.choice("REGISTRATION", ["open", "invite", "closed"], "open"),
    registrationsPerHour: reader.integer("REGISTRATIONS_PER_HOUR", 60, 0, 1_000_000),
    passwordMinCharacters: reader.integer("PASSWORD_MIN_LENGTH", LIMITS.passwordMinCharacters, 1, 256),
    mediaQuotaMib: reader.integer("MEDIA_QUOTA_MIB", 10_240, 0, 100_000_000),
    geoIpFile: reader.text("GEOIP_FILE"),
    logLevel: reader.choice("LOG_LEVEL", ["trace", "debug", "info", "warn", "error", "silent"], "info"),
  };
  reader.throwIfAnyProblem();
  return config;
}

/** Beside this package, in a checkout of the repository. */
const BUILT_WEB_APP = fileURLToPath(new URL("../../web/dist", import.meta.url));

function readWebDirectory(reader: EnvironmentReader): string | null {
  const directory = reader.text("WEB_DIR") ?? BUILT_WEB_APP;
  return directory === "off" ? null : resolve(directory);
}

function readDatabase(reader: EnvironmentReader): DatabaseConfig {
  const url = reader.text("DATABASE_URL");
  if (url) {
    if (!/^postgres(ql)?:\/\//.test(url))
      reader.problem("DATABASE_URL", "must begin with postgres:// or postgresql://");
    return { kind: "url", url };
  }
  const isExternal = ["HOST", "PORT", "DB", "USER", "PASSWORD"].some((part) =>
    reader.text(`POSTGRES_${part}`),
  );
  if (!isExternal) return { kind: "embedded" };
  return {
    kind: "fields",
    host: reader.text("POSTGRES_HOST") ?? "localhost",
    port: reader.integer("POSTGRES_PORT", 5432, 1, 65_535),
    database: reader.text("POSTGRES_DB") ?? "tacit",
    user: reader.text("POSTGRES_USER") ?? "tacit",
    password: reader.text("POSTGRES_PASSWORD") ?? "",
  };
}

function isOrigin(value: string): boolean {
  return URL.canParse(value) && new URL(value).origin === value;
}

function isAddressRange(value: string): boolean {
  return value.includes("/") ? ipaddr.isValidCIDR(value) : ipaddr.isValid(value);
}

/** Collects every problem, so that an operator mends the settings once and not one by one. */
class EnvironmentReader {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #problems: string[] = [];

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    this.#environment = environment;
  }

  text(name: string): string | null {
    return this.#environment[name]?.trim() || null;
  }

  integer(name: string, fallback: number, minimum: number, maximum: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    this.problem(name, `must be a whole number from ${minimum} to ${maximum}`);
    return fallback;
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === null) return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) this.problem(name, `must be one of ${choices.join(", ")}`);
    return choice ?? fallback;
  }

  list(name: string, accepts: (item: string) => boolean, what: string): string[] {
    const items = (this.text(name) ?? "").split(",").map((item) => item.trim());
    const filled = items.filter((item) => item !== "");
    for (const item of filled)
      if (!accepts(item)) this.problem(name, `holds "${item}", which is not ${what}`);
    return filled;
  }

  problem(name: string, sentence: string): void {
    this.#problems.push(`${name} ${sentence}.`);
  }

  throwIfAnyProblem(): void {
    if (this.#problems.length > 0) throw new ConfigError(this.#problems.join("\n"));
  }
}
