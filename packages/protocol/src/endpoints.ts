import { adminEndpoints } from "./admin.ts";
import { authEndpoints } from "./auth.ts";
import { avatarEndpoints } from "./avatars.ts";
import { chatEndpoints } from "./chats.ts";
import { keyEndpoints } from "./keys.ts";
import { mediaEndpoints } from "./media.ts";
import { messageEndpoints } from "./messages.ts";
import { operationsEndpoints } from "./operations.ts";
import { syncEndpoints } from "./sync.ts";
import { userEndpoints } from "./users.ts";

/** Every REST endpoint of the protocol, by domain. */
export const endpoints = {
  auth: authEndpoints,
  users: userEndpoints,
  keys: keyEndpoints,
  avatars: avatarEndpoints,
  chats: chatEndpoints,
  messages: messageEndpoints,
  media: mediaEndpoints,
  sync: syncEndpoints,
  admin: adminEndpoints,
  operations: operationsEndpoints,
};
