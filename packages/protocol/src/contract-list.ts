/** One route of the contract's tables: its methods, its path and the status of its success. */
export interface ContractRoute {
  readonly methods: readonly string[];
  readonly path: string;
  readonly success: 200 | 204;
}

function route(methods: string, path: string, success: 200 | 204): ContractRoute {
  return { methods: methods.split(" "), path, success };
}

/**
 * Every route, written down by hand from the contract's tables and not from the schemas, so that a mistake in
 * either shows in the comparison.
 */
export const contractRoutes: readonly ContractRoute[] = [
  route("POST", "/auth/register", 200),
  route("POST", "/auth/login", 200),
  route("POST", "/auth/refresh", 200),
  route("POST", "/auth/logout", 204),
  route("GET", "/auth/sessions", 200),
  route("DELETE", "/auth/sessions", 204),
  route("DELETE", "/auth/sessions/:id", 204),
  route("POST", "/auth/prelogin", 200),
  route("POST", "/auth/recover", 200),
  route("POST", "/auth/recover/complete", 200),

  route("POST", "/admin/invites", 200),
  route("GET", "/admin/invites", 200),
  route("DELETE", "/admin/invites/:code", 204),
  route("GET", "/admin/users", 200),
  route("PATCH", "/admin/users/:id", 200),
  route("GET", "/admin/reports", 200),
  route("PATCH", "/admin/reports/:id", 200),

  route("GET", "/users/me", 200),
  route("DELETE", "/users/me", 204),
  route("PATCH", "/users/username", 200),
  route("PATCH", "/users/nickname", 200),
  route("PATCH POST", "/users/avatar", 200),
  route("GET", "/users/search", 200),
  route("GET", "/users/:id/public-key", 200),
  route("PUT", "/users/me/keys", 200),
  route("PUT", "/users/me/password", 204),
  route("GET", "/users/me/keys", 200),
  route("GET", "/users/me/vault", 200),
  route("PUT", "/users/me/vault", 204),
  route("PUT", "/users/:id/block", 204),
  route("DELETE", "/users/:id/block", 204),
  route("GET", "/users/me/blocks", 200),
  route("POST", "/reports", 204),
  route("GET", "/avatars/*", 200),

  route("POST", "/chats", 200),
  route("GET", "/chats", 200),
  route("GET", "/chats/:id/messages", 200),
  route("POST", "/chats/:id/read", 200),
  route("POST", "/chats/:id/delivered", 200),
  route("PATCH POST", "/chats/:id/avatar", 204),
  route("GET", "/chats/:id/members", 200),
  route("POST", "/chats/:id/members", 204),
  route("PATCH", "/chats/:id/members/:user_id", 204),
  route("DELETE", "/chats/:id/members/:user_id", 204),
  route("POST", "/chats/:id/favorite", 204),
  route("DELETE", "/chats/:id/favorite", 204),
  route("PATCH", "/chats/:id", 204),
  route("DELETE", "/chats/:id", 204),
  route("POST", "/chats/:id/owner", 204),
  route("PATCH", "/chats/:id/settings", 204),
  route("GET", "/chats/:id/keys", 200),

  route("POST", "/media", 200),
  route("GET", "/media/:id", 200),

  route("POST", "/sync", 200),

  route("GET", "/openapi.json", 200),
  route("GET", "/asyncapi.json", 200),
  route("GET", "/docs", 200),
  route("GET", "/health", 200),
  route("GET", "/health/live", 200),
  route("GET", "/health/ready", 200),
];

/** Every event of the contract's table that a client sends. */
export const contractClientEvents: readonly string[] = [
  "init",
  "join_chat",
  "leave_chat",
  "send_message",
  "voice_message",
  "video_message",
  "edit_message",
  "delete_message",
  "forward_message",
  "typing",
];

/** Every event that the contract lets the server send. */
export const contractServerEvents: readonly string[] = [
  "ok",
  "error",
  "message_new",
  "message_updated",
  "message_deleted",
  "typing",
  "presence",
  "member_added",
  "member_role_changed",
  "member_removed",
  "chat_created",
  "chat_updated",
  "message_read",
  "message_delivered",
  "profile_updated",
  "chat_deleted",
  "chat_settings",
  "key_updated",
];
