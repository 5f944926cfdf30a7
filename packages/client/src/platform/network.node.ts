import type { WatchNetwork } from "./network.ts";

/** Node.js tells nothing about the network. */
export const watchNetwork: WatchNetwork = () => () => {};

/** Milliseconds between two tries to connect, at most: short, because nothing tells when the network is back. */
export const LONGEST_WAIT = 10_000;
