/** Calls back whenever there is reason to believe that the network is back. @returns stops watching */
export type WatchNetwork = (returned: () => void) => () => void;
