/** English: the state of the network. */
export const network = {
  connecting: "Connecting…",
  offline: "Offline. What you write is sent when you are back.",
  nextTry: (time: string) => `Next try in ${time}`,
  tryNow: "Try now",
  trying: "Trying…",
  catchingUp: "Fetching what is new…",
  backOnline: "Back online",

  signedOutTitle: "You have been signed out",
  signedOut:
    "The server has ended this session, perhaps from another of your devices. Everything here stays readable, and what you write waits until you sign in again.",
  signInAgain: "Sign in again",
  removeHere: "Remove from this device",
};
