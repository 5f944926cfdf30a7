import { administration } from "./administration.ts";
import { attachments } from "./attachments.ts";
import { chats } from "./chats.ts";
import { common } from "./common.ts";
import { composer } from "./composer.ts";
import { conversation } from "./conversation.ts";
import { entrance } from "./entrance.ts";
import { errors } from "./errors.ts";
import { information } from "./information.ts";
import { network } from "./network.ts";
import { notifications } from "./notifications.ts";
import { recordings } from "./recordings.ts";
import { settings } from "./settings.ts";
import { system } from "./system.ts";

/** Everything the app says, in English. */
export const en = {
  administration,
  attachments,
  chats,
  common,
  composer,
  conversation,
  entrance,
  errors,
  information,
  network,
  notifications,
  recordings,
  settings,
  system,
};

/** What every language has to say. */
export type Texts = typeof en;
