import { authEndpoints, type Session as SessionAnswer } from "@tacit/protocol";
import type { Calls } from "./server-keys.ts";

/** A device that is signed in to the account. */
export interface DeviceSession {
  /** A UUID. */
  readonly id: string;
  /** What the device called itself: `deviceName` of `DeviceOptions`. */
  readonly deviceName: string | null;
  /** What it said it runs: `appVersion` of `DeviceOptions`. */
  readonly appVersion: string | null;
  /** The address from which it signed in. */
  readonly ipAddress: string | null;
  /** `"Unknown"` unless the server can tell. */
  readonly city: string;
  /** RFC 3339, UTC. */
  readonly signedInAt: string;
  /** RFC 3339, UTC. */
  readonly lastSeenAt: string;
  /** Whether it is this one. */
  readonly isCurrent: boolean;
}

/** The account's devices, newest first. @throws TacitError as `Api.call` */
export async function listSessions(api: Calls): Promise<DeviceSession[]> {
  return (await api.call(authEndpoints.listSessions, {})).map(deviceSession);
}

/** Signs a device out. Its data stays on it, sealed. @throws TacitError `not_found` if it is none; as `Api.call` */
export async function revokeSession(api: Calls, id: string): Promise<void> {
  await api.call(authEndpoints.revokeSession, { params: { id } });
}

/** Signs all devices out but this one. @throws TacitError as `Api.call` */
export async function revokeOtherSessions(api: Calls): Promise<void> {
  await api.call(authEndpoints.revokeOtherSessions, {});
}

function deviceSession(session: SessionAnswer): DeviceSession {
  return {
    id: session.id,
    deviceName: session.device_name,
    appVersion: session.app_version,
    ipAddress: session.ip_address,
    city: session.city,
    signedInAt: session.login_at,
    lastSeenAt: session.last_seen_at,
    isCurrent: session.is_current,
  };
}
