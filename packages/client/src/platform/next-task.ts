/** Resolves in a task of its own: what a person did, and drawing, come before what follows. */
export type NextTask = () => Promise<void>;
