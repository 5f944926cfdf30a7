import type { Server } from "node:http";
import type { ClientEventType } from "@tacit/protocol";
import type { Logger } from "pino";
import type { Bus } from "../bus/bus.ts";
import { Connection } from "./connection.ts";
import { type Audience, startDelivery } from "./delivery.ts";
import { createDispatch, type FrameHandlers } from "./dispatch.ts";
import { createHub, type Hub } from "./hub.ts";
import { createPresence, type PresenceDependencies } from "./presence.ts";
import { Typing, type TypingDependencies } from "./typing.ts";
import { acceptUpgrades, type UpgradeDependencies } from "./upgrade.ts";

/** What the gateway needs from the rest of the server. It knows no domain. */
export interface GatewayDependencies
  extends Omit<UpgradeDependencies, "onSocket">,
    Pick<PresenceDependencies, "visibleTo" | "observersOf">,
    Pick<TypingDependencies, "standingsIn"> {
  readonly bus: Bus;
  readonly log: Logger;
  readonly handlers: FrameHandlers;
  readonly readAudience: (chatId: number) => Promise<Audience>;
}

/** Everything that happens on WebSockets. */
export interface Gateway {
  readonly clientEvents: readonly ClientEventType[];
  readonly openSockets: () => number;
  /** Answers the handshakes of this HTTP server. */
  attach(server: Server): void;
  /** Closes every socket with 1012; resolves when what they asked for is done. */
  close(): Promise<void>;
}

/** Builds the gateway; nothing connects before {@link Gateway.attach}. */
export function createGateway(dependencies: GatewayDependencies): Gateway {
  const { bus, log, visibleTo, observersOf } = dependencies;
  const hub: Hub = createHub((userId) => presence.changed(userId));
  const presence = createPresence({ log, isOnline: hub.isOnline, visibleTo, observersOf });
  const { connectionsOf } = hub;
  const typing = new Typing({ bus, log, connectionsOf, standingsIn: dependencies.standingsIn });
  const handlers = { ...presence.handlers, ...typing.handlers, ...dependencies.handlers };
  const dispatch = createDispatch(handlers, log);
  const stopDelivery = startDelivery({ bus, hub, log, readAudience: dependencies.readAudience });
  const stopRevoking = bus.subscribe("session.revoked", ({ sessionIds }) => hub.endSessions(sessionIds));
  const stopBlocking = bus.subscribe("block.changed", ({ ownerId, otherId }) =>
    presence.refresh(ownerId, otherId),
  );
  return {
    clientEvents: Object.keys(handlers) as ClientEventType[],
    openSockets: () => hub.size,
    attach: (server) => {
      acceptUpgrades(server, {
        ...dependencies,
        onSocket: (socket, stream, caller) => hub.add(new Connection(socket, stream, caller, dispatch)),
      });
    },
    close: async () => {
      await hub.close();
      for (const stop of [stopDelivery, stopRevoking, stopBlocking]) stop();
      typing.stop();
    },
  };
}
