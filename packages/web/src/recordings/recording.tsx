import type { Message } from "@tacit/client";
import { useTexts } from "../language/language.tsx";
import { trackOf } from "./track.ts";
import { VideoMessage } from "./video-message.tsx";
import { VoiceMessage } from "./voice-message.tsx";

/** What a voice or video message has recorded, to be played. */
export function Recording({ message }: { readonly message: Message }) {
  const { recordings } = useTexts();
  const track = trackOf(message, recordings.titles);
  if (!track) return <p>{recordings.missing}</p>;
  return track.kind === "video" ? (
    <VideoMessage message={message} track={track} />
  ) : (
    <VoiceMessage message={message} track={track} />
  );
}
