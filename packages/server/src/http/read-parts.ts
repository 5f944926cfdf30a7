import type { IncomingMessage } from "node:http";
import { letBodyCome } from "./expect-continue.ts";
import { brokenForm, createFormParser, type FormParser, type Part } from "./form-parser.ts";

/**
 * Reads a form and hands over each part as it begins; its content must be read to the end. Settles when the form has
 * ended and every `onPart` has settled. The first failure ends the form and every part of it; the rest of the body is then
 * left unread.
 *
 * @param idle milliseconds without an octet after which the form fails.
 * @throws {TacitError} `invalid_input` for a form that is broken, cut off or has stalled; whatever `onPart` throws.
 */
export async function readParts(
  source: IncomingMessage,
  onPart: (part: Part) => Promise<unknown>,
  idle: number,
): Promise<void> {
  const parts: Part[] = [];
  const handled: Promise<unknown>[] = [];
  let stop = () => {};
  try {
    await new Promise<void>((finished, failed) => {
      const part = (part: Part) => {
        const handling = onPart(part);
        handling.catch(failed);
        parts.push(part);
        handled.push(handling);
      };
      const parser = createFormParser(source.headers["content-type"] ?? "", { part, finished, failed });
      stop = feed(source, parser, failed, idle);
    });
    await Promise.all(handled);
  } catch (error) {
    for (const { content } of parts) content.destroy(error as Error);
    await Promise.allSettled(handled);
    throw error;
  } finally {
    stop();
  }
}

/** Passes a body on to a parser, as fast as that can take it. Returns what ends this and leaves the rest unread. */
function feed(
  source: IncomingMessage,
  parser: FormParser,
  fail: (error: unknown) => void,
  idle: number,
): () => void {
  let isStopped = false;
  const timer = setTimeout(() => fail(brokenForm("The upload has stalled.")), idle);
  const goOn = () => {
    if (!isStopped) source.resume();
  };
  const listeners = {
    data: (chunk: Uint8Array) => {
      timer.refresh();
      source.pause();
      try {
        parser.write(chunk, goOn);
      } catch {
        fail(brokenForm("The form is broken."));
      }
    },
    end: () => {
      clearTimeout(timer);
      parser.end();
    },
    close: () => {
      if (!source.readableEnded) fail(brokenForm("The form was cut off."));
    },
    // Told by `close` as well; but it must be heard.
    error: () => undefined,
  };
  for (const [event, listener] of Object.entries(listeners)) source.on(event, listener);
  if (source.destroyed || source.readableEnded) fail(brokenForm("The form was cut off."));
  letBodyCome(source);
  source.resume();
  return () => {
    isStopped = true;
    clearTimeout(timer);
    for (const [event, listener] of Object.entries(listeners)) source.off(event, listener);
  };
}
