/**
 * Completes errors of the far side: with the locations in the user's files, and the local stack.
 *
 * @module
 */

import type { RemoteErrorInit } from "../errors.ts";
import { errorsIn } from "../internal/errors.ts";
import { stackName } from "../protocol/control.ts";
import type { Code, Locate } from "./code.ts";
import { canStripTypes } from "./source.ts";

/** Completes an error of an execution: at once, or when the locations in its stack are known. */
export function explain(
  code: Code,
  init: RemoteErrorInit,
): RemoteErrorInit | Promise<RemoteErrorInit> {
  const { name, locate, from } = code;
  const complete = (locate: Locate | undefined): RemoteErrorInit => {
    const rewrite = locate === undefined
      ? (stack: string) => stack
      : (stack: string) => located(stack, stackName(name), locate);
    // The inner errors were decoded just now, so nobody else sees the change.
    for (const error of errorsIn([init.cause, init.properties?.errors])) {
      const value = rewrite(String(error.stack));
      Object.defineProperty(error, "stack", { value, writable: true, configurable: true });
    }
    const message = init.name === "SyntaxError" ? placed(init.message, code) : init.message;
    return { ...init, message, stack: rewrite(init.stack), localStack: from?.stack };
  };
  const found = locate?.();
  return found instanceof Promise ? found.then(complete) : complete(found);
}

/** Returns the message of a syntax error with its place, which V8 does not say. */
function placed(message: string, { kind, name, position }: Code): string {
  if (position === "") return message;
  const advice = kind === "source" && !canStripTypes
    ? `; Deno ${Deno.version.deno} cannot remove types from source text, this side needs 2.9 for that`
    : "";
  return `${message} at ${name}:${position}${advice}`;
}

/**
 * Returns a stack with locations in the user's files, in the frames of the code of this name, and
 * without frames of text that the user has not written.
 */
function located(stack: string, name: string, locate: Locate): string {
  const frame = new RegExp(
    `^(\\s+at (?:.* \\()?(?:async )?)${RegExp.escape(name)}:(\\d+):(\\d+)(\\)?)$`,
  );
  const lines: string[] = [];
  for (const line of stack.split("\n")) {
    const [, head, row, column, tail] = frame.exec(line) ?? [];
    const found = head === undefined ? undefined : locate(Number(row), Number(column));
    if (found === null) {
      // It has called a script of a module by this.
      if (lines.at(-1)?.endsWith("at Generator.next (<anonymous>)")) lines.pop();
    } else if (found === undefined) {
      lines.push(line);
    } else {
      lines.push(`${head}${found.file || name}:${found.line}:${found.column}${tail}`);
    }
  }
  return lines.join("\n");
}
