import { type CityResponse, open, validate } from "maxmind";
import { ConfigError } from "../../config.ts";
import type { Client } from "../../http/client.ts";

const UNKNOWN = "Unknown";

/** Says in which city a client is. Never asks anyone outside. */
export type CityFinder = (client: Client) => string;

/**
 * Believes a trusted proxy first, then the MaxMind database, if there is one.
 *
 * @throws {ConfigError} if the file cannot be read or tells no cities.
 */
export async function cityFinder(geoIpFile: string | null): Promise<CityFinder> {
  if (geoIpFile === null) return ({ city }) => city ?? UNKNOWN;
  const reader = await openDatabase(geoIpFile);
  return ({ city, address }) =>
    city ?? (validate(address) ? reader.get(address)?.city?.names.en : null) ?? UNKNOWN;
}

async function openDatabase(file: string) {
  const reader = await open<CityResponse>(file).catch((error: unknown) => {
    throw new ConfigError(`GEOIP_FILE cannot be used: ${file}: ${(error as Error).message}.`);
  });
  const kind = reader.metadata.databaseType;
  if (!/city/i.test(kind))
    throw new ConfigError(`GEOIP_FILE cannot be used: ${file} is a ${kind} database, not one of cities.`);
  return reader;
}
