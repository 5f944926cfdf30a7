import type { Message } from "@tacit/client";
import { CircleCheck, Copy, Forward, Info, Pencil, Reply, Trash2 } from "lucide-react";
import type { MenuEntry } from "../design/menu.tsx";
import type { Texts } from "../language/en/index.ts";
import { mayDelete, mayWrite, type Setting } from "./deeds.tsx";

/** What can be done with a message, as lines of a menu. */
export function entriesFor(
  message: Message,
  setting: Setting,
  { conversation }: Texts,
): readonly MenuEntry[] {
  const { deeds, kind } = setting;
  const isOut = message.id !== undefined;
  const isReadable = message.unreadable === undefined;
  const isWriter = mayWrite(setting);
  const able: (MenuEntry | false)[] = [
    isWriter && isOut && { label: conversation.reply, icon: <Reply />, onSelect: () => deeds.reply(message) },
    mayEdit(message) &&
      isWriter && { label: conversation.edit, icon: <Pencil />, onSelect: () => deeds.edit(message) },
    message.text !== "" && {
      label: conversation.copyText,
      icon: <Copy />,
      onSelect: () => deeds.copy([message]),
    },
    isOut &&
      isReadable && {
        label: conversation.forward,
        icon: <Forward />,
        onSelect: () => deeds.forward([message]),
      },
    { label: conversation.select, icon: <CircleCheck />, onSelect: () => deeds.toggle(message) },
    isOut &&
      kind !== "channel" && {
        label: conversation.messageInformation,
        icon: <Info />,
        onSelect: () => deeds.inform(message),
      },
  ];
  const entries = able.filter((entry) => entry !== false);
  if (!mayDelete(setting, message)) return entries;
  const onSelect = () => deeds.remove([message]);
  return [
    ...entries,
    "separator",
    { label: conversation.delete, icon: <Trash2 />, isDangerous: true, onSelect },
  ];
}

/** Whether its text can be replaced: mine, and readable. Recordings say nothing that could be. */
function mayEdit(message: Message): boolean {
  const isRecording = message.kind === "voice_message" || message.kind === "video_message";
  return message.isMine && !message.system && !message.unreadable && !isRecording && !message.forwardedFrom;
}
