import { useEffect, useSyncExternalStore } from "react";
import { Router } from "wouter";
import { useHashLocation } from "wouter/use-hash-location";
import styles from "./app.module.css";
import { Spinner } from "./design/spinner.tsx";
import { Toasts } from "./design/toasts.tsx";
import { Tooltips } from "./design/tooltip.tsx";
import type { Device, DeviceState } from "./device.ts";
import { Entrance } from "./entrance/entrance.tsx";
import { Failed } from "./entrance/failed.tsx";
import { Insecure } from "./entrance/insecure.tsx";
import { useTexts } from "./language/language.tsx";
import { AccountProvider } from "./live/account.tsx";
import { later, whenIdle } from "./live/later.tsx";
import { UpdateNotice } from "./update-notice.tsx";

// Who signs in does not wait for the whole messenger.
const Messenger = later(async () => (await import("./messenger.tsx")).Messenger);
const ProveWords = later(async () => (await import("./entrance/prove-words.tsx")).ProveWords);

/** The whole app: whatever the device's state asks for. */
export function App({ device }: { readonly device: Device }) {
  const state = useSyncExternalStore(
    (listener) => device.subscribe(listener),
    () => device.state,
  );
  const isOpening = state.name === "opening";
  // While somebody types a password.
  useEffect(() => (isOpening ? undefined : whenIdle(Messenger.prefetch)), [isOpening]);
  return (
    <Router hook={useHashLocation}>
      <Toasts>
        <Screen device={device} state={state} />
        <UpdateNotice />
      </Toasts>
      <Tooltips />
    </Router>
  );
}

function Screen({ device, state }: { readonly device: Device; readonly state: DeviceState }) {
  switch (state.name) {
    case "opening":
      return <Opening />;
    case "insecure":
      return <Insecure />;
    case "failed":
      return <Failed device={device} error={state.error} />;
    case "nobody":
      return <Entrance device={device} />;
    case "unproven":
      return <ProveWords device={device} unproven={state.unproven} />;
    case "open":
      return (
        // Another account gets a messenger of its own, with nothing left in it of this one.
        <AccountProvider key={state.tacit.id} tacit={state.tacit} device={device}>
          <Messenger />
        </AccountProvider>
      );
  }
}

function Opening() {
  const texts = useTexts();
  return (
    <div className={styles.opening}>
      <Spinner label={texts.common.loading} />
    </div>
  );
}
