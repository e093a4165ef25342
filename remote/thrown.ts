/**
 * Makes what user code threw an error that can be sent.
 *
 * @module
 */

import { errorsIn } from "../internal/errors.ts";
import { userStack } from "./compile.ts";

/**
 * Returns a thrown error with only the user's own lines in its stack, or an error around any other
 * thrown value.
 */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) {
    for (const error of errorsIn(thrown)) cleanStack(error);
    return thrown;
  }
  const text = typeof thrown === "string" ? thrown : Deno.inspect(thrown);
  const error = new Error(text, { cause: thrown });
  error.stack = `Error: ${text}\n    (thrown as a value, without a stack)`;
  return error;
}

function cleanStack(error: Error): void {
  try {
    const value = userStack(String(error.stack ?? ""));
    Object.defineProperty(error, "stack", { value, configurable: true, writable: true });
  } catch { /* a frozen error keeps its stack */ }
}
