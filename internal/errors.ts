/**
 * Turns thrown values, which may be of any type, into errors and texts.
 *
 * @module
 */

/** Returns `thrown` itself if it is an error, or else an error with its text as the message. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Returns the message of an error, or the text of any other thrown value. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
