import { type ComponentType, useEffect, useReducer, useState } from "react";
import { Button } from "../design/button.tsx";
import { Empty } from "../design/pane.tsx";
import { Spinner } from "../design/spinner.tsx";
import { useTexts } from "../language/language.tsx";

/** A part of the app that is fetched when it is first wanted, or a little before. */
export type Later<P extends object> = ComponentType<P> & {
  /** Fetches it, so that it is there when it is wanted. If that fails it is tried again then. */
  readonly prefetch: () => void;
};

/**
 * Makes a component of one that comes in a file of its own. Unlike `React.lazy`, it is drawn at once if it is there, and says
 * so if it cannot be fetched, with another try.
 *
 * @param options `isQuiet`: nothing is to be seen until it is there; what cannot be fetched is tried again when it is next drawn
 */
export function later<P extends object>(
  load: () => Promise<ComponentType<P>>,
  { isQuiet = false }: { readonly isQuiet?: boolean } = {},
): Later<P> {
  let part: ComponentType<P> | undefined;
  const fetchPart = async () => {
    part ??= await load();
  };
  function Part(props: P) {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    const [isFailed, setFailed] = useState(false);
    useEffect(() => {
      if (!part && !isFailed) fetchPart().then(draw, () => setFailed(!isQuiet));
    });
    if (part) {
      const Loaded = part;
      return <Loaded {...props} />;
    }
    if (isQuiet) return null;
    return isFailed ? <Failed onRetry={() => setFailed(false)} /> : <Coming />;
  }
  return Object.assign(Part, { prefetch: () => void fetchPart().catch(() => undefined) });
}

function Failed({ onRetry }: { readonly onRetry: () => void }) {
  const { common } = useTexts();
  return (
    <div role="alert">
      <Empty title={common.partFailed}>
        <Button onClick={onRetry}>{common.retry}</Button>
      </Empty>
    </div>
  );
}

function Coming() {
  const { common } = useTexts();
  return <Empty icon={<Spinner />} title={common.loading} />;
}

/** Calls once the browser has nothing else to do. @returns cancels it */
export function whenIdle(work: () => void): () => void {
  // Safari has no idle callbacks.
  if (!("requestIdleCallback" in globalThis)) {
    const timer = setTimeout(work, 1000);
    return () => clearTimeout(timer);
  }
  const handle = requestIdleCallback(work, { timeout: 5000 });
  return () => cancelIdleCallback(handle);
}
