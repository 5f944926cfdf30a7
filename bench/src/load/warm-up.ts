/** Before the measured time of a load of messages: in it caches fill and code is compiled. */
export const WARM_UP_SECONDS = 2;
