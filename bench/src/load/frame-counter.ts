/**
 * Counts the frames of a server in its bytes (RFC 6455, section 5.2): a client that unpacked each of them would measure
 * itself.
 */
export class FrameCounter {
  /** Frames whose text begins with `{"type":"` and this; and `ping`. */
  readonly counts = new Map<string, number>();
  #rest: Buffer = Buffer.alloc(0);

  /** @param onFrame called with the type and the text of each frame that is complete. */
  take(chunk: Buffer, onFrame: (type: string, frame: Buffer) => void = () => {}): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (let end = endOfFrame(bytes, at); end > 0; end = endOfFrame(bytes, at)) {
      const frame = bytes.subarray(at + headerLength(bytes, at), end);
      const type = bytes[at] === PING ? "ping" : typeOf(frame);
      this.counts.set(type, (this.counts.get(type) ?? 0) + 1);
      onFrame(type, frame);
      at = end;
    }
    this.#rest = bytes.subarray(at);
  }
}

function headerLength(bytes: Buffer, at: number): number {
  const length = (bytes[at + 1] ?? 0) & 127;
  return length < 126 ? 2 : length === 126 ? 4 : 10;
}

/** @returns 0 if the frame is not complete. */
function endOfFrame(bytes: Buffer, at: number): number {
  if (at + 2 > bytes.length) return 0;
  const header = headerLength(bytes, at);
  if (at + header > bytes.length) return 0;
  const length =
    header === 2
      ? (bytes[at + 1] ?? 0) & 127
      : header === 4
        ? bytes.readUInt16BE(at + 2)
        : Number(bytes.readBigUInt64BE(at + 2));
  const end = at + header + length;
  return end > bytes.length ? 0 : end;
}

/** Final, and a ping. */
const PING = 0x89;
const BEFORE_TYPE = '{"type":"'.length;

function typeOf(frame: Buffer): string {
  const end = frame.indexOf(0x22, BEFORE_TYPE);
  return end < 0 ? "" : frame.toString("latin1", BEFORE_TYPE, end);
}
