import { useSyncExternalStore } from "react";
import { useTacit, useVersion } from "../live/account.tsx";

/** How it stands with the network, as far as a person cares. */
export type NetworkState =
  | { readonly name: "online" }
  | { readonly name: "connecting" }
  | { readonly name: "catchingUp" }
  | { readonly name: "signedOut" }
  /** `retryAt`: when the next try is due, in milliseconds since 1970. */
  | { readonly name: "offline"; readonly retryAt: number | undefined };

/** How it stands now. */
export function useNetworkState(): NetworkState {
  const tacit = useTacit();
  useVersion("connection", "sync", "session");
  const hasNetwork = useSyncExternalStore(listen, () => navigator.onLine);
  const { connection } = tacit;
  if (tacit.signedOut) return { name: "signedOut" };
  if (connection.status === "offline")
    return { name: "offline", retryAt: hasNetwork ? connection.retryAt : undefined };
  if (!hasNetwork) return { name: "offline", retryAt: undefined };
  if (connection.status === "connecting") return { name: "connecting" };
  return { name: tacit.upToDate || connection.status === "closed" ? "online" : "catchingUp" };
}

function listen(listener: () => void): () => void {
  addEventListener("online", listener);
  addEventListener("offline", listener);
  return () => {
    removeEventListener("online", listener);
    removeEventListener("offline", listener);
  };
}
