/**
 * What user code threw, as an error that can be sent.
 *
 * @module
 */

import { userStack } from "./compile.ts";

/** The error, with the user's own lines in its stack; one around it, where it is none. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) {
    cleanStacks([thrown], new Set());
    return thrown;
  }
  const text = typeof thrown === "string" ? thrown : Deno.inspect(thrown);
  const error = new Error(text, { cause: thrown });
  error.stack = `Error: ${text}\n    (thrown as a value, without a stack)`;
  return error;
}

/** Gives errors, their causes and what an AggregateError holds stacks with the user's own lines. */
function cleanStacks(values: readonly unknown[], seen: Set<unknown>): void {
  for (const value of values) {
    if (!(value instanceof Error) || seen.has(value)) continue;
    seen.add(value);
    try {
      const stack = userStack(String(value.stack ?? ""));
      Object.defineProperty(value, "stack", { value: stack, configurable: true, writable: true });
    } catch { /* a frozen error keeps its stack */ }
    try {
      cleanStacks([value.cause], seen);
      if (value instanceof AggregateError) cleanStacks(value.errors, seen);
    } catch { /* what cannot be read does not travel either */ }
  }
}
