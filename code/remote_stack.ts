/**
 * Errors of the far side, told as if they were of this one.
 *
 * @module
 */

import type { RemoteErrorInit } from "../errors.ts";
import { stackName } from "../protocol/control.ts";
import type { Code, Locate } from "./code.ts";

/** Completes an error of an execution: now, or when the places in its stack are known. */
export function explain(
  { name, locate, from }: Code,
  init: RemoteErrorInit,
): RemoteErrorInit | Promise<RemoteErrorInit> {
  const complete = (places: Locate | undefined): RemoteErrorInit => {
    const rewrite = places === undefined
      ? (stack: string) => stack
      : (stack: string) => located(stack, stackName(name), places);
    rewriteInner([init.cause, init.properties?.errors], rewrite, new Set());
    return { ...init, stack: rewrite(init.stack), localStack: from?.stack };
  };
  const places = locate?.();
  return places instanceof Promise ? places.then(complete) : complete(places);
}

/** A stack with the places of the user's files in frames of the piece of code that is so named. */
function located(stack: string, name: string, places: Locate): string {
  const frame = new RegExp(
    `^(\\s+at (?:.* \\()?(?:async )?)${RegExp.escape(name)}:(\\d+):(\\d+)(\\)?)$`,
    "gm",
  );
  return stack.replace(frame, (written, head, line, column, tail) => {
    const place = places(Number(line), Number(column));
    if (place === undefined) return written;
    return `${head}${place.file || name}:${place.line}:${place.column}${tail}`;
  });
}

/** Rewrites the stacks of causes, and of an AggregateError's errors. They were decoded just now. */
function rewriteInner(
  values: readonly unknown[],
  rewrite: (stack: string) => string,
  seen: Set<unknown>,
): void {
  for (const value of values) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (Array.isArray(value)) rewriteInner(value, rewrite, seen);
    if (!(value instanceof Error)) continue;
    const stack = rewrite(String(value.stack));
    Object.defineProperty(value, "stack", { value: stack, writable: true, configurable: true });
    rewriteInner([value.cause, "errors" in value && value.errors], rewrite, seen);
  }
}
