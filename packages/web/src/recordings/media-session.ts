import type { Playback, Track } from "./playback.ts";

const ACTIONS = ["play", "pause", "stop", "seekbackward", "seekforward"] as const;
/** Milliseconds. */
const STEP = 5000;

/**
 * Lets the keys of a keyboard and the locked screen of a phone control what is played. They tell its kind and the app, never who
 * speaks: a locked screen is for everyone to see.
 */
export function showOnLockScreen(track: Track | undefined, playback: Playback): void {
  const session = navigator.mediaSession;
  if (!session) return;
  session.metadata = track ? new MediaMetadata({ title: track.title, artist: "Tacit" }) : null;
  for (const action of ACTIONS)
    session.setActionHandler(action, track ? () => handle(action, track, playback) : null);
}

function handle(action: (typeof ACTIONS)[number], track: Track, playback: Playback): void {
  const position = playback.positionOf(track.key);
  if (action === "play") void playback.play(track);
  else if (action === "pause") playback.pause();
  else if (action === "stop") playback.stop();
  else playback.seek(track, position + (action === "seekforward" ? STEP : -STEP));
}
