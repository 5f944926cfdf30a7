import type { IncomingMessage } from "node:http";
import { all, compile } from "@fastify/proxy-addr";
import { LIMITS } from "@tacit/protocol";
import ipaddr from "ipaddr.js";

/** Who is at the other end of a request, as far as the connection and trusted proxies tell. */
export interface Client {
  /** IPv4 or IPv6 address, in its shortest form. */
  readonly address: string;
  readonly deviceName: string | null;
  readonly appVersion: string | null;
  /** The city that a trusted proxy names, if any. */
  readonly city: string | null;
}

/** Reads who the client is from a request of any kind, HTTP or the WebSocket handshake. */
export interface ClientReader {
  read(request: IncomingMessage): Client;
  /** `X-Forwarded-Host` from a trusted proxy, else `Host`. */
  host(request: IncomingMessage): string | undefined;
}

/**
 * Believes forwarding headers only from the proxies named in the settings.
 *
 * @param warnUntrusted called once, when somebody else sends such a header: usually a forgotten setting.
 */
export function clientReader(
  trustedProxies: readonly string[],
  warnUntrusted: (peer: string) => void,
): ClientReader {
  const trusts = compile([...trustedProxies]);
  let warned = false;
  const fromTrusted = (request: IncomingMessage) => trusts(request.socket.remoteAddress ?? "", 0);
  return {
    read: (request) => {
      const trusted = fromTrusted(request);
      if (!trusted && request.headers["x-forwarded-for"] !== undefined && !warned) {
        warned = true;
        warnUntrusted(plainAddress(request.socket.remoteAddress ?? ""));
      }
      return {
        address: plainAddress(all(request, trusts).at(-1) ?? ""),
        deviceName: headerText(request, "x-device-name"),
        appVersion: headerText(request, "x-app-version"),
        city: trusted ? headerText(request, "x-geo-city") : null,
      };
    },
    host: (request) =>
      (fromTrusted(request) && headerText(request, "x-forwarded-host")) || request.headers.host,
  };
}

/**
 * What an address counts as when attempts are counted: IPv6 by its /64 network, because one subscriber has all of it.
 */
export function throttleAddress(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.parse(address);
  if (parsed.kind() === "ipv4") return address;
  const groups = (parsed as ipaddr.IPv6).parts.slice(0, 4).map((part) => part.toString(16));
  return `${groups.join(":")}::/64`;
}

/** An IPv4 client of a dual-stack socket arrives as `::ffff:a.b.c.d`. */
function plainAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : "unknown";
}

function headerText(request: IncomingMessage, name: string): string | null {
  const header = request.headers[name];
  const text = Array.isArray(header) ? header.join(", ") : header;
  if (text === undefined) return null;
  // Node reads headers as Latin-1; clients send device names in UTF-8.
  const decoded = Buffer.from(text, "latin1").toString("utf8");
  const printable = decoded.replace(/\p{Cc}/gu, "").trim();
  return [...printable].slice(0, LIMITS.deviceHeaderCharacters).join("") || null;
}
