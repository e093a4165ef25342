/**
 * Prepares what a user gives to `remoteExec`.
 *
 * @module
 */

import { described } from "../internal/arguments.ts";
import { type AnyFunction, callOf, type UserCall } from "./call.ts";
import type { Code } from "./code.ts";
import { functionCode } from "./function/function.ts";
import { moduleCode } from "./module/module.ts";
import { sourceCode } from "./source.ts";

/**
 * Returns source text, the module of a URL, or a function as code that can be sent.
 *
 * @param name What stacks and messages call it. Default: the name of the function or module, or
 * `remoteExec`.
 * @param method The method that the user has called, see {@linkcode callOf}.
 * @throws {ImpureFunctionError} when it is a function that uses something of its surroundings.
 * @throws {TypeError} when it is of another type, or source text that is only an address.
 */
export function codeOf(
  given: string | URL | AnyFunction,
  name: string | undefined,
  method: AnyFunction,
): Code {
  const from = callOf(method);
  return { ...unplaced(given, name, from), from };
}

function unplaced(
  given: string | URL | AnyFunction,
  name: string | undefined,
  from: UserCall,
): Code {
  if (typeof given === "string") return sourceExecution(given, name ?? "remoteExec");
  if (given instanceof URL) {
    return { ...moduleCode(given, () => callerOf(from)), name: name ?? moduleName(given) };
  }
  if (typeof given === "function") return functionCode(given, "function", name, from);
  throw new TypeError(
    `remoteExec takes source text, a function, or the URL of a module, not ${described(given)}`,
  );
}

/** Text that does nothing when it is run: `https://host/x.ts` is a label and a comment. */
const ADDRESS = /^(?:[\w./-]+\.[cm]?[jt]sx?|(?:file|https?|jsr|npm):\S+)$/;

function sourceExecution(text: string, name: string): Code {
  if (ADDRESS.test(text.trim())) {
    throw new TypeError(
      "remoteExec runs text as source, and takes a file or an address as a URL: write " +
        'remoteExec(new URL("./job.ts", import.meta.url))',
    );
  }
  const { locate, ...code } = sourceCode(text);
  return { ...code, name, locate: () => locate };
}

/** Returns the last part of a module's path, such as `job.ts` or `semver`. */
function moduleName(url: URL): string {
  return url.protocol === "data:" ? "data:" : url.pathname.split("/").at(-1) || url.href;
}

/** Returns the URL of the module that has made a call, if its stack has one. */
function callerOf({ stack = "" }: UserCall): URL | undefined {
  const [, frame = ""] = /^\s+at (.*)$/m.exec(stack) ?? [];
  const [, url = ""] = /(?:^|[\s(])([a-z]+:\S+?):\d+:\d+\)?$/.exec(frame) ?? [];
  return URL.parse(url) ?? undefined;
}
