import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startTestServer, TestClient } from "@tacit/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ConfigError } from "../../config.ts";
import { cityFinder } from "./city.ts";
import { cityDatabase } from "./fixtures/city-database.ts";

let directory: string;
let file: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "tacit-city-"));
  file = join(directory, "cities.mmdb");
  await writeFile(file, cityDatabase("Springfield"));
});
afterAll(() => rm(directory, { recursive: true }));

function client(address: string, city: string | null = null) {
  return { address, city, deviceName: null, appVersion: null };
}

it("the file tells where an address is; a trusted proxy knows better", async () => {
  const cityOf = await cityFinder(file);
  expect(cityOf(client("10.0.0.1"))).toBe("Springfield");
  expect(cityOf(client("10.0.0.1", "Shelbyville"))).toBe("Shelbyville");
});

it("what the file does not know is Unknown", async () => {
  const cityOf = await cityFinder(file);
  for (const address of ["192.0.2.1", "unknown", ""]) expect(cityOf(client(address))).toBe("Unknown");
  expect((await cityFinder(null))(client("10.0.0.1"))).toBe("Unknown");
});

it("my devices are listed with the city of the file", async () => {
  await using server = await startTestServer({ geoIpFile: file });
  const ann = await TestClient.register(server);
  expect((await ann.get("/auth/sessions")).body[0].city).toBe("Springfield");
});

it("a file that cannot be used ends the start with a sentence that names the setting", async () => {
  const broken = join(directory, "broken.mmdb");
  const countries = join(directory, "countries.mmdb");
  await writeFile(broken, "this is no MaxMind database");
  await writeFile(countries, cityDatabase("Springfield", "Test-Country"));
  for (const name of [join(directory, "missing.mmdb"), broken, countries]) {
    const starting = startTestServer({ geoIpFile: name });
    await expect(starting).rejects.toThrow(ConfigError);
    await expect(starting).rejects.toThrow(/GEOIP_FILE.*\.mmdb/);
  }
});
