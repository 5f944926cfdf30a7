import { endpoints } from "@tacit/protocol";
import { type Route, route } from "../http/endpoint.ts";
import type { Pointers } from "./pointers.ts";
import type { ChatSettings } from "./settings.ts";

/** REST endpoints of what each member has for themselves in a chat: pointers and settings. */
export function personalRoutes(pointers: Pointers, settings: ChatSettings): Route[] {
  return [
    route(endpoints.chats.markRead, async ({ caller, params, body }) => ({
      last_read_message_id: await pointers.move(params.id, caller.userId, "read", body?.message_id),
    })),
    route(endpoints.chats.markDelivered, async ({ caller, params, body }) => ({
      last_delivered_message_id: await pointers.move(params.id, caller.userId, "delivered", body?.message_id),
    })),
    route(endpoints.chats.addFavorite, async ({ caller, params }) => {
      await settings.addFavorite(params.id, caller.userId);
      return undefined;
    }),
    route(endpoints.chats.removeFavorite, async ({ caller, params }) => {
      await settings.removeFavorite(params.id, caller.userId);
      return undefined;
    }),
    route(endpoints.chats.setChatSettings, async ({ caller, params, body }) => {
      await settings.change(params.id, caller.userId, body);
      return undefined;
    }),
  ];
}
