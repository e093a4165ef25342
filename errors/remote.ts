/**
 * Errors that code on the other side has thrown.
 *
 * @module
 */

import { defineHidden, ExecnetError } from "./base.ts";

/** The parts that a {@linkcode RemoteError} is made of. */
export interface RemoteErrorInit {
  /** `name` of the original, such as `"TypeError"`. */
  name: string;
  /** `message` of the original. */
  message: string;
  /** The remote stack, with the user's own lines. */
  stack: string;
  /** `cause` of the original, if it has one. */
  cause?: unknown;
  /** Other own data properties of the original, such as `code` or `errors`. */
  properties?: Record<string, unknown>;
  /** The stack of the local call that led to the error. */
  localStack?: string;
  /** See {@linkcode RemoteError.gateway}. */
  gateway?: string;
  /** See {@linkcode RemoteError.execution}. */
  execution?: number;
}

/**
 * An error thrown by code on the other side of a channel.
 *
 * `name`, `message`, `cause` and own data properties are those of the original; `remoteStack` says
 * where it was thrown. When it is printed, the remote stack follows the local one.
 *
 * @example
 * ```ts
 * import { makeGateway, RemoteError } from "@x/execnet";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`throw new TypeError("no such table")`);
 * const error = await assertRejects(() => channel.receive(), RemoteError);
 * assertEquals([error.name, error.gateway], ["TypeError", gw.id]);
 * assertEquals(error.execution, channel.id);
 * ```
 */
export class RemoteError extends ExecnetError {
  /** The stack of the original error, on the other side. */
  declare readonly remoteStack: string;
  /**
   * The id of the gateway that it was thrown on. Inside a gateway it is known only of errors of other
   * gateways.
   */
  declare readonly gateway?: string;
  /**
   * The id of the channel of the execution that failed, which tells it from all others of its
   * gateway. Undefined if the error closed another channel.
   */
  declare readonly execution?: number;

  /** Makes the error of its parts. */
  constructor(init: RemoteErrorInit) {
    super(init.message, "cause" in init ? { cause: init.cause } : undefined);
    defineHidden(this, "name", init.name);
    defineHidden(this, "remoteStack", init.stack);
    if (init.gateway !== undefined) {
      defineHidden(this, "gateway", init.gateway);
      defineHidden(this, "execution", init.execution);
    }
    for (const [key, value] of Object.entries(init.properties ?? {})) {
      if (key in this) continue; // the peer must not set `name`, `stack` or our own properties
      Object.defineProperty(this, key, {
        value,
        writable: true,
        enumerable: key !== "errors",
        configurable: true,
      });
    }
    // The frames of this constructor's callers, in the reading loop, would help nobody.
    const lines = [`${init.name}: ${init.message}`, ...framesOf(init.localStack)];
    const where = init.gateway === undefined ? "" : ` (gateway ${init.gateway})`;
    this.stack = [...lines, `  on the remote side${where}:`, ...framesOf(init.stack)].join("\n");
  }
}

function framesOf(stack = ""): string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}
