import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { type EmbeddedPostgres, type SocketConnection, startEmbeddedPostgres } from "./embedded.ts";
import { makeSeed, type Seed } from "./fixtures/data-directories.ts";
import { processTree, proportionalMemory, statFields } from "./fixtures/processes.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let seed: Seed;
beforeAll(async () => {
  seed = await makeSeed();
});
afterAll(() => seed.remove());

async function start(dataDirectory: string, logged: string[] = []): Promise<EmbeddedPostgres> {
  const database = await startEmbeddedPostgres({ dataDirectory, log: (line) => logged.push(line) });
  onTestFinished(() => database.stop());
  return database;
}

function connect(connection: SocketConnection, max = 1) {
  const sql = postgres({ fetch_types: false, ...connection, max, onnotice: () => undefined });
  onTestFinished(() => sql.end({ timeout: 1 }));
  return sql;
}

describe("a first start", () => {
  let dataDirectory: string;
  let database: EmbeddedPostgres;

  beforeAll(async () => {
    const parent = await mkdtemp(join(tmpdir(), "tacit-test-"));
    dataDirectory = join(parent, "data");
    database = await startEmbeddedPostgres({ dataDirectory, log: () => undefined });
  });

  afterAll(async () => {
    await database.stop();
    await rm(dirname(dataDirectory), { recursive: true, force: true });
  });

  it("makes a database that the server's role owns without being a superuser", async () => {
    const [row] = await connect(database.connection)`
      SELECT current_user::text AS role, current_database() AS database, rolsuper, rolcreatedb, rolcreaterole,
        (SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()) AS owner
      FROM pg_roles WHERE rolname = current_user`;
    expect(row).toEqual({
      role: "tacit",
      database: "tacit",
      owner: "tacit",
      rolsuper: false,
      rolcreatedb: false,
      rolcreaterole: false,
    });
  });

  it("lets the server's role make tables, and keeps it from the files of the machine", async () => {
    const sql = connect(database.connection);
    await sql`CREATE TABLE letters (body text)`;
    await sql`INSERT INTO letters VALUES ('hello')`;
    await expect(sql`COPY letters TO '/tmp/letters'`).rejects.toMatchObject({ code: "42501" });
    await expect(sql`COPY letters FROM PROGRAM 'id'`).rejects.toMatchObject({ code: "42501" });
  });

  it("stores durably, with checksums, in UTF-8", async () => {
    const sql = connect(database.connection);
    const settings = await sql`
      SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit',
        'data_checksums', 'server_encoding', 'password_encryption', 'listen_addresses')`;
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      full_page_writes: "on",
      synchronous_commit: "on",
      data_checksums: "on",
      server_encoding: "UTF8",
      password_encryption: "scram-sha-256",
      listen_addresses: "",
    });
  });

  it("folds the case of Cyrillic letters, and orders text the same on every machine", async () => {
    const sql = connect(database.connection);
    const [row] =
      await sql`SELECT lower('ПРИВЕТ') AS lower, 'привет' ILIKE 'ПРИ%' AS found, 'a' > 'B' AS bytes`;
    expect(row).toEqual({ lower: "привет", found: true, bytes: true });
  });

  it("keeps the passwords and the socket to the user who runs Tacit", async () => {
    const { connection, superuser } = database;
    expect((await stat(connection.host)).mode & 0o777).toBe(0o700);
    expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700);
    const files = (await readdir(dataDirectory)).filter((name) => name.endsWith(".password"));
    expect(files).toHaveLength(2);
    for (const file of files) expect((await stat(join(dataDirectory, file))).mode & 0o777).toBe(0o600);
    expect(Buffer.byteLength(join(connection.host, ".s.PGSQL.5432"))).toBeLessThan(104);
    await expect(connect({ ...superuser, password: "wrong" })`SELECT 1`).rejects.toMatchObject({
      code: "28P01",
    });
  });
});

describe("a later start", () => {
  it("finds what was stored, in under two seconds", async () => {
    const dataDirectory = await seed.copy();
    const first = await start(dataDirectory);
    await connect(first.connection)`CREATE TABLE kept AS SELECT 42 AS answer`;
    await first.stop();
    const before = performance.now();
    const second = await start(dataDirectory);
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await connect(second.connection)`SELECT answer FROM kept`).toEqual([{ answer: 42 }]);
  });

  it("makes new passwords when their files are lost", async () => {
    const dataDirectory = await seed.copy();
    const first = await start(dataDirectory);
    await first.stop();
    await rm(join(dataDirectory, "postgres-server.password"));
    const second = await start(dataDirectory);
    expect(second.connection.password).not.toBe(first.connection.password);
    expect(await connect(second.connection)`SELECT 1 AS one`).toEqual([{ one: 1 }]);
    expect(await connect(second.superuser)`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it("says what to do when a password file does not fit the database", async () => {
    const dataDirectory = await seed.copy();
    await (await start(dataDirectory)).stop();
    await writeFile(join(dataDirectory, "postgres-server.password"), "from-another-backup\n");
    await expect(start(dataDirectory)).rejects.toMatchObject({
      code: "start_failed",
      message: expect.stringContaining("postgres-*.password"),
    });
  });
});

describe("stopping", () => {
  it("ends PostgreSQL at once though clients are connected, and leaves no socket", async () => {
    const database = await start(await seed.copy());
    const sql = connect(database.connection);
    const query = sql`SELECT pg_sleep(60)`.catch((error: unknown) => error);
    await connect(database.superuser)`SELECT 1`;
    const before = performance.now();
    await Promise.all([database.stop(), database.stop()]);
    expect(performance.now() - before).toBeLessThan(4000);
    expect(await query).toBeInstanceOf(Error);
    expect(await database.exited).toMatchObject({ code: 0, signal: null, expected: true });
    await expect(stat(database.connection.host)).rejects.toMatchObject({ code: "ENOENT" });
    await database.stop();
  });

  it.skipIf(process.platform !== "linux")(
    "is not done by Ctrl-C: PostgreSQL leads its own session",
    async () => {
      const { pid } = await start(await seed.copy());
      const [, , , session] = await statFields(pid);
      expect(Number(session)).toBe(pid);
    },
  );
});

describe("what the operator can see", () => {
  it("is no secret: neither in the log nor in the list of processes", async () => {
    const logged: string[] = [];
    const dataDirectory = await seed.copy();
    const { connection, superuser, pid } = await start(dataDirectory, logged);
    const sql = connect(connection);
    await sql`CREATE TABLE secrets (value text UNIQUE, CHECK (value <> 'hidden-forbidden'))`;
    await sql`INSERT INTO secrets VALUES ('hidden-value')`;
    await expect(sql`INSERT INTO secrets VALUES ('hidden-value')`).rejects.toThrow();
    await expect(sql`INSERT INTO secrets VALUES (${"hidden-forbidden"})`).rejects.toThrow();
    await expect(sql`SELECT ${"hidden-number"}::text::int`).rejects.toThrow();
    await expect(sql.unsafe("SELECT 'hidden-statement' FROM nowhere")).rejects.toThrow();
    await expect(
      sql.unsafe("SELECT pg_terminate_backend(pg_backend_pid()), 'hidden-last'"),
    ).rejects.toThrow();
    const commandLine = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
    const visible = [...logged, commandLine].join("\n");
    expect(visible).toContain("ready to accept connections");
    for (const secret of ["hidden-", connection.password, superuser.password]) {
      expect(visible).not.toContain(secret);
    }
  });

  it.skipIf(process.platform !== "linux")(
    "is under 120 MiB of memory with ten connections and every shared buffer in use",
    async () => {
      const { connection, superuser, pid } = await start(await seed.copy());
      const sql = connect(connection, 10);
      await sql`CREATE TABLE filling AS SELECT n, repeat(md5(n::text), 30) AS text FROM generate_series(1, 150000) n`;
      await sql`CREATE INDEX ON filling (text)`;
      const tenAtOnce = Array.from(
        { length: 10 },
        (_, turn) => sql`
        SELECT count(text), pg_sleep(0.2) FROM filling WHERE n % 10 = ${turn}`,
      );
      await Promise.all(tenAtOnce);
      const [counted] = await connect(
        superuser,
      )`SELECT count(*)::int FROM pg_stat_activity WHERE usename = 'tacit'`;
      expect(counted?.count).toBe(10);
      const bytes = await proportionalMemory(await processTree(pid));
      expect(bytes / 2 ** 20).toBeLessThan(120);
    },
  );
});

it("leaves nothing in the temporary directory", async () => {
  const dataDirectory = await seed.copy();
  const database = await start(dataDirectory);
  await database.stop();
  const left = await readdir(tmpdir());
  expect(left).not.toContain(database.connection.host.split("/").at(-1));
});
