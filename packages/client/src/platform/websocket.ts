/**
 * How a socket ended: with a close code (RFC 6455, section 7.4), or before it began, with an HTTP status. A page is not
 * told that status: there, `unexplained` is a handshake that failed, for whatever reason.
 */
export type SocketEnd =
  | { readonly code: number; readonly unexplained?: boolean }
  | { readonly status: number /** Milliseconds. */; readonly retryAfter?: number };

/** The connection broke, or nothing more is known (RFC 6455, section 7.4.1). */
export const BROKEN: SocketEnd = { code: 1006 };

/** What a socket tells. */
export interface SocketListener {
  /** Frames can be sent. */
  opened(): void;
  /** Something came that shows that the peer lives, a frame or less. */
  heard(): void;
  /** A text frame came. */
  frame(text: string): void;
  /** It is over, or never began. Told once, never within the call that opens the socket. */
  closed(end: SocketEnd): void;
}

/** A WebSocket (RFC 6455). */
export interface Socket {
  /** Sends a text frame. */
  send(text: string): void;
  /** Asks the peer for a sign of life. @returns whether this platform can: a page cannot */
  ping(): boolean;
  /** Says goodbye and waits for nobody. */
  close(): void;
}

/**
 * Opens a socket with an access token. Never throws, and never shows the token.
 *
 * @param url `ws:` or `wss:`
 */
export type OpenSocket = (url: string, token: string, listener: SocketListener) => Socket;
