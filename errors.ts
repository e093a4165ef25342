/**
 * Every error that this package throws, but for the TypeError or RangeError of a wrong argument.
 *
 * All extend {@linkcode ExecnetError}, so `catch (e) { if (e instanceof ExecnetError) … }` tells
 * what this package reports from what user code throws.
 *
 * @module
 */

/**
 * The base of all errors of this package.
 *
 * @example
 * ```ts
 * import { ExecnetError, SpecError } from "@x/execnet";
 * import { assert } from "@std/assert";
 *
 * assert(new SpecError("unknown key") instanceof ExecnetError);
 * ```
 */
export class ExecnetError extends Error {
  /** The class name, also where the code was minified. */
  override name = "ExecnetError";
}

/** What of a remote error travels: the fields a {@linkcode RemoteError} is made from. */
export interface RemoteErrorInit {
  /** `name` of the original, such as `"TypeError"`. */
  name: string;
  /** `message` of the original. */
  message: string;
  /** The remote stack, with the user's own lines. */
  stack: string;
  /** `cause` of the original, where it had one. */
  cause?: unknown;
  /** Its own data properties, such as `code` or `errors`. */
  properties?: Record<string, unknown>;
  /** The stack of the local call that it comes from. */
  localStack?: string;
  /** The id of the gateway that it was thrown on, where this is its initiator. */
  gateway?: string;
}

/**
 * An error thrown by code on the other side of a channel.
 *
 * `name`, `message`, `cause` and own data properties are the original's; `remoteStack` is where it
 * was thrown. Printing it shows the remote stack under the local one.
 *
 * @example
 * ```ts
 * import { makeGateway, RemoteError } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`throw new TypeError("no such table")`);
 * const error = await assertRejects(() => channel.receive(), RemoteError);
 * assertEquals(error.name, "TypeError");
 * ```
 */
export class RemoteError extends ExecnetError {
  /** The stack of the original error, on the other side. */
  declare readonly remoteStack: string;

  /** Rebuilds an error from what travelled of it. */
  constructor(init: RemoteErrorInit) {
    super(init.message, "cause" in init ? { cause: init.cause } : undefined);
    define(this, "name", init.name);
    define(this, "remoteStack", init.stack);
    for (const [key, value] of Object.entries(init.properties ?? {})) {
      if (key in this) continue; // `name`, `stack` and our own fields are not the peer's to set
      Object.defineProperty(this, key, {
        value,
        writable: true,
        enumerable: key !== "errors",
        configurable: true,
      });
    }
    // Our own frames, of the loop that reads, help nobody.
    const lines = [`${init.name}: ${init.message}`, ...framesOf(init.localStack)];
    const where = init.gateway === undefined ? "" : ` (gateway ${init.gateway})`;
    this.stack = [...lines, `  on the remote side${where}:`, ...framesOf(init.stack)].join("\n");
  }
}

function framesOf(stack = ""): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

/** As an error's own `message`: it is not listed when the error is printed, as `stack` has it. */
function define(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}

/**
 * The channel can no longer do what was asked: it was closed by one of its sides. Where that was
 * done by the `signal` of a `remoteExec`, the signal's reason is the `cause`.
 *
 * @example
 * ```ts
 * import { ChannelClosedError, makeGateway } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`return`);
 * await channel.waitClose();
 * await assertRejects(() => channel.send(1), ChannelClosedError);
 * ```
 */
export class ChannelClosedError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "ChannelClosedError";
}

/** What is known of the end of a gateway; see {@linkcode GatewayClosedError}. */
export interface GatewayClosedInit extends ErrorOptions {
  /** Exit code of its process. */
  code?: number | null;
  /** Name of the signal that ended it. */
  signal?: string | null;
  /** The last lines that it printed on stderr. */
  stderrTail?: readonly string[];
  /** Names of what it ran. */
  executing?: readonly string[];
}

/**
 * The gateway is gone: its process ended or its connection was lost. The message tells how it
 * ended, what was running, and the last lines of its stderr; the properties have the same.
 *
 * @example
 * ```ts
 * import { GatewayClosedError, makeGateway } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway({ popen: true, output: "null" });
 * const channel = gw.remoteExec(`console.error("no disk"); Deno.exit(3)`, null, { name: "job" });
 * const error = await assertRejects(() => channel.receive(), GatewayClosedError, "code 3");
 * assertEquals([error.code, error.stderrTail, error.executing], [3, ["no disk"], ["job"]]);
 * ```
 */
export class GatewayClosedError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "GatewayClosedError";
  /** Exit code of its process; `null` where that has none, or it is not known. */
  declare readonly code: number | null;
  /** Name of the signal that ended it, or `null`. */
  declare readonly signal: string | null;
  /** The last lines that it printed on stderr, oldest first; 20 at most. */
  declare readonly stderrTail: readonly string[];
  /** Names of what it ran. */
  declare readonly executing: readonly string[];

  /** Takes the message, and what is known. */
  constructor(message: string, init: GatewayClosedInit = {}) {
    super(message, init);
    const { code = null, signal = null, stderrTail = [], executing = [] } = init;
    for (const [key, value] of Object.entries({ code, signal, stderrTail, executing })) {
      define(this, key, value);
    }
  }
}

/** A wait took longer than the `timeout` given (milliseconds). What was waited for goes on. */
export class TimeoutError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "TimeoutError";
}

/** An item, or a part of it, is of a type that cannot travel; the message names its path and type. */
export class SerializationError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "SerializationError";
}

/** A name that a function takes from outside of itself. */
export interface CapturedName {
  /** The name as written, or `this`, `super`, `import.meta`. */
  name: string;
  /** Line within the function's own text, from 1. */
  line: number;
  /** Column within that line, from 1. */
  column: number;
}

/**
 * The function cannot run elsewhere, because it uses something of where it was defined. Thrown
 * before anything is sent.
 *
 * @example
 * ```ts
 * import { ImpureFunctionError, makeGateway } from "@x/execnet";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const secret = 42;
 * const error = assertThrows(() => gw.remoteExec(() => console.log(secret)), ImpureFunctionError);
 * assertEquals(error.captured[0].name, "secret");
 * ```
 */
export class ImpureFunctionError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "ImpureFunctionError";
  /** Each name that the function takes from outside, in the order of the text. */
  readonly captured: readonly CapturedName[];

  /** Takes the message and the names it speaks of. */
  constructor(message: string, captured: readonly CapturedName[] = []) {
    super(message);
    this.captured = captured;
  }
}

/**
 * A module cannot be sent: a file of it cannot be read, is not valid, or imports what is not there.
 * The message says which, and where.
 */
export class ModuleError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "ModuleError";
}

/** A gateway spec is wrong: an unknown or doubled key, a bad value, keys that exclude each other. */
export class SpecError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "SpecError";
}

/** A gateway could not be started. Its subclasses name the reasons that can be told apart. */
export class LaunchError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "LaunchError";
  /** From `Group.open` alone: the error of each gateway that did not start. */
  declare readonly errors?: readonly Error[];
}

/** The host's name could not be resolved. */
export class HostNotFoundError extends LaunchError {
  /** The class name, also where the code was minified. */
  override name = "HostNotFoundError";
}

/** The host refused who we said we are. */
export class AuthenticationError extends LaunchError {
  /** The class name, also where the code was minified. */
  override name = "AuthenticationError";
}

/** The host's key is unknown, or not the one on record. */
export class HostKeyError extends LaunchError {
  /** The class name, also where the code was minified. */
  override name = "HostKeyError";
}

/** No Deno was found where the gateway should start. */
export class DenoNotFoundError extends LaunchError {
  /** The class name, also where the code was minified. */
  override name = "DenoNotFoundError";
}

/** The Deno found there is too old. */
export class DenoVersionError extends LaunchError {
  /** The class name, also where the code was minified. */
  override name = "DenoVersionError";
}

/** The peer broke the protocol. The connection, or the one channel that the message names, ends. */
export class ProtocolError extends ExecnetError {
  /** The class name, also where the code was minified. */
  override name = "ProtocolError";
}
