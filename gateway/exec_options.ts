/**
 * What can be executed on a gateway, and how.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import {
  ANYTHING,
  BOOLEAN,
  checkOptions,
  described,
  type OptionRules,
  SIGNAL,
  TEXT,
} from "../internal/arguments.ts";
import type { Channel } from "../channel/channel.ts";
import type { Code } from "../code/code.ts";
import { functionCode } from "../code/function/function.ts";
import { moduleCode } from "../code/module/module.ts";
import type { PermissionSet } from "../permissions/permissions.ts";
import { sourceCode } from "../code/source.ts";

/** Options of {@linkcode Gateway.remoteExec}. */
export interface ExecOptions {
  /** What stacks, messages and the status call the execution. Default: the function's name, or `remoteExec`. */
  name?: string;
  /**
   * Closes the channel when aborted, which asks the execution to stop. What waits on the channel
   * rejects with a {@linkcode ChannelClosedError} that has the signal's reason as its `cause`; an
   * iteration throws it after the items that have come.
   */
  signal?: AbortSignal;
  /**
   * Gives the execution a process of its own, launched like the gateway's, which ends with it: it
   * can be stopped in a busy loop, and its crash or exit is its own. Of many at once, some wait for
   * their turn to start. Default: as `execmodel` says.
   */
  isolate?: boolean;
  /** What of the gateway's permissions the execution has; default: all. Makes it isolated. */
  permissions?: PermissionSet;
  /** What is denied besides what the gateway is denied; default: nothing. Makes it isolated. */
  deny?: PermissionSet;
}

const EXEC_OPTIONS: OptionRules<ExecOptions> = {
  name: TEXT,
  signal: SIGNAL,
  isolate: BOOLEAN,
  // What they are is the business of permissions.
  permissions: ANYTHING,
  deny: ANYTHING,
};

/** @throws {TypeError} when an option is unknown, or of a wrong type: a wish must not be lost. */
export function checkExecOptions(options: ExecOptions | undefined): void {
  checkOptions("remoteExec", options, EXEC_OPTIONS, closestString);
}

/** A function that can be sent: `channel` and `args` are all that it uses. */
export type RemoteFunction<Receive, Send, Args> = (
  channel: Channel<Receive, Send>,
  args: Args,
) => unknown;

/**
 * An async generator function that can be sent: what it yields is sent. Its channel is not of `Yield`:
 * otherwise that would be `unknown` for a channel without a type.
 */
export type RemoteGenerator<Receive, Yield, Args> = (
  channel: Channel<Receive>,
  args: Args,
) => AsyncGenerator<Yield, unknown, unknown>;

/**
 * What is given to `remoteExec`, as code that can be sent.
 *
 * @throws {ImpureFunctionError} when it is a function that needs something of its surroundings.
 * @throws {TypeError} when it is nothing that can be sent.
 */
export function codeOf(
  code: string | URL | RemoteFunction<unknown, unknown, never>,
  name?: string,
): Code {
  if (typeof code === "string") return sourceExecution(code, name ?? "remoteExec");
  if (code instanceof URL) return { ...moduleCode(code), name: name ?? moduleName(code) };
  if (typeof code !== "function") {
    throw new TypeError(
      `remoteExec takes source text, a function, or the URL of a module, not ${described(code)}`,
    );
  }
  return functionCode(code, "function", name);
}

/** What is no program, or one without effect: `https://host/x.ts` is a label and a comment. */
const ADDRESS = /^(?:[\w./-]+\.[cm]?[jt]sx?|(?:file|https?|jsr|npm):\S+)$/;

function sourceExecution(text: string, name: string): Code {
  if (ADDRESS.test(text.trim())) {
    throw new TypeError(
      "remoteExec takes a file or an address as a URL, not as text, which is run: write " +
        'remoteExec(new URL("./job.ts", import.meta.url))',
    );
  }
  const { locate, ...code } = sourceCode(text);
  return { ...code, name, locate: () => locate };
}

/** What stacks call a module: its last part, as `job.ts` or `semver`. */
function moduleName(url: URL): string {
  return url.protocol === "data:" ? "data:" : url.pathname.split("/").at(-1) || url.href;
}

/** Remembers who called a method of ours, which takes some 3 µs. */
export function callOf(method: (...args: never[]) => unknown): { stack?: string } {
  const call = {};
  Error.captureStackTrace(call, method);
  return call;
}
