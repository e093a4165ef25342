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

/**
 * Yields the errors in `value` once each: itself, those of a list, their causes, and the `errors` of
 * an AggregateError. A property that cannot be read is skipped.
 */
export function* errorsIn(value: unknown, seen: Set<unknown> = new Set()): Generator<Error> {
  if (seen.has(value)) return;
  const isError = value instanceof Error;
  if (!isError && !Array.isArray(value)) return;
  seen.add(value);
  if (isError) yield value;
  try {
    const inner = isError ? [value.cause, "errors" in value && value.errors] : value;
    for (const each of inner) yield* errorsIn(each, seen);
  } catch { /* a getter threw */ }
}
