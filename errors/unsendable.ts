/**
 * Errors about items, functions and modules that cannot be sent. They are thrown before anything is
 * sent.
 *
 * @module
 */

import { ExecnetError } from "./base.ts";

/**
 * An item, or a part of it, is of a type that cannot be sent; the message names its path and type.
 *
 * @example
 * ```ts
 * import { makeGateway, SerializationError } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.newChannel();
 * await assertRejects(
 *   () => channel.send({ users: [{ key: Symbol("id") }] }),
 *   SerializationError,
 *   "cannot send item.users[0].key: Symbol(id)",
 * );
 * ```
 */
export class SerializationError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "SerializationError";
}

/** A name from outside a function that the function uses. */
export interface CapturedName {
  /** The name as written, or `this`, `super`, `import.meta`. */
  name: string;
  /** Line within the function's own text, from 1. */
  line: number;
  /** Column within that line, from 1. */
  column: number;
  /** Where it is in the user's file, if this process may read that; both from 1. */
  location?: { file: string; line: number; column: number };
}

/**
 * The function cannot run elsewhere, because it uses names from where it was defined.
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
  /** The class name; minified code keeps it. */
  override name = "ImpureFunctionError";
  /** Each name that the function captures, in the order of the text. */
  readonly captured: readonly CapturedName[];

  /** Makes the error of its message and the captured names. */
  constructor(message: string, captured: readonly CapturedName[] = []) {
    super(message);
    this.captured = captured;
  }
}

/**
 * A module cannot be sent: one of its files cannot be read, is not valid, or has an import that
 * cannot be resolved. The message says which, and where.
 *
 * @example
 * ```ts
 * import { makeGateway, ModuleError } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(new URL("file:///no/such/module.ts"));
 * await assertRejects(() => channel.receive(), ModuleError, "/no/such/module.ts");
 * ```
 */
export class ModuleError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "ModuleError";
}
