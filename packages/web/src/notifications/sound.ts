/** Hertz and seconds: two soft notes, a fourth apart. */
const NOTES = [
  { pitch: 587.33, at: 0 },
  { pitch: 783.99, at: 0.11 },
] as const;
const LOUDNESS = 0.06;
const LENGTH = 0.45;

let context: AudioContext | undefined;

/** Plays a short, soft sound; nothing as long as nobody has touched the page, because browsers want that first. */
export async function chime(): Promise<void> {
  if (!navigator.userActivation?.hasBeenActive) return;
  context ??= new AudioContext();
  await context.resume();
  const { destination, currentTime } = context;
  for (const { pitch, at } of NOTES) {
    const start = currentTime + at;
    const note = new OscillatorNode(context, { type: "sine", frequency: pitch });
    const loudness = new GainNode(context, { gain: 0 });
    loudness.gain.setValueAtTime(0, start);
    loudness.gain.linearRampToValueAtTime(LOUDNESS, start + 0.015);
    loudness.gain.exponentialRampToValueAtTime(0.0001, start + LENGTH);
    note.connect(loudness).connect(destination);
    note.start(start);
    note.stop(start + LENGTH);
  }
}
