/**
 * Checks of what the peer has sent.
 *
 * @module
 */

/** The peer has sent what no sync sends. */
export class SyncProtocolError extends Error {
  override name = "SyncProtocolError";
}

/** Checks what the peer has sent. */
export function check(isRight: boolean, what: string): asserts isRight {
  if (!isRight) throw new SyncProtocolError(`the other side of the sync sent ${what}`);
}
