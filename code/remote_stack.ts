/**
 * Completes errors of the far side: with the locations in the user's files, and the local stack.
 *
 * @module
 */

import type { RemoteErrorInit } from "../errors.ts";
import { errorsIn } from "../internal/errors.ts";
import { stackName } from "../protocol/control.ts";
import type { Code, Locate } from "./code.ts";

/** Completes an error of an execution: at once, or when the locations in its stack are known. */
export function explain(
  { name, locate, from }: Code,
  init: RemoteErrorInit,
): RemoteErrorInit | Promise<RemoteErrorInit> {
  const complete = (locate: Locate | undefined): RemoteErrorInit => {
    const rewrite = locate === undefined
      ? (stack: string) => stack
      : (stack: string) => located(stack, stackName(name), locate);
    // The inner errors were decoded just now, so nobody else sees the change.
    for (const error of errorsIn([init.cause, init.properties?.errors])) {
      const value = rewrite(String(error.stack));
      Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
    }
    return { ...init, stack: rewrite(init.stack), localStack: from?.stack };
  };
  const found = locate?.();
  return found instanceof Promise ? found.then(complete) : complete(found);
}

/** Returns a stack with locations in the user's files, in the frames of the code of this name. */
function located(stack: string, name: string, locate: Locate): string {
  const frame = new RegExp(
    `^(\\s+at (?:.* \\()?(?:async )?)${RegExp.escape(name)}:(\\d+):(\\d+)(\\)?)$`,
    "gm",
  );
  return stack.replace(frame, (written, head, line, column, tail) => {
    const found = locate(Number(line), Number(column));
    if (found === undefined) return written;
    return `${head}${found.file || name}:${found.line}:${found.column}${tail}`;
  });
}
