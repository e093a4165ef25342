/**
 * Errors about gateways that could not be started.
 *
 * @module
 */

import { ExecnetError } from "./base.ts";

/**
 * A gateway spec is wrong: a key is unknown or doubled, a value is bad, or keys exclude each other.
 *
 * @example
 * ```ts
 * import { makeGateway, SpecError } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => makeGateway("popen//alow-read=/tmp"), SpecError, "allow-read");
 * ```
 */
export class SpecError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "SpecError";
}

/**
 * A gateway could not be started. Subclasses stand for the reasons that code may want to handle.
 *
 * @example
 * ```ts
 * import { AuthenticationError, HostNotFoundError, LaunchError, makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * async function start(spec: string): Promise<string> {
 *   try {
 *     await using _gw = await makeGateway(spec);
 *     return "started";
 *   } catch (error) {
 *     if (error instanceof HostNotFoundError) return "no such host";
 *     if (error instanceof AuthenticationError) return "not let in";
 *     if (error instanceof LaunchError) return "not started";
 *     throw error;
 *   }
 * }
 * assertEquals(await start("popen//chdir=/no/such/directory"), "not started");
 * ```
 */
export class LaunchError extends ExecnetError {
  /** The class name; minified code keeps it. */
  override name = "LaunchError";
  /** The error of each gateway that did not start; set by `Group.open` alone. */
  declare readonly errors?: readonly Error[];
}

/** The name of the host could not be resolved. See {@linkcode LaunchError} for an example. */
export class HostNotFoundError extends LaunchError {
  /** The class name; minified code keeps it. */
  override name = "HostNotFoundError";
}

/** The host refused our key, password or token. See {@linkcode LaunchError} for an example. */
export class AuthenticationError extends LaunchError {
  /** The class name; minified code keeps it. */
  override name = "AuthenticationError";
}

/**
 * The key of the host is unknown, or differs from the one on record. See {@linkcode LaunchError} for
 * an example.
 */
export class HostKeyError extends LaunchError {
  /** The class name; minified code keeps it. */
  override name = "HostKeyError";
}

/**
 * There is no Deno where the gateway should start.
 *
 * @example
 * ```ts
 * import { DenoNotFoundError, makeGateway } from "@x/execnet";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => makeGateway("popen//deno=/no/such/deno"), DenoNotFoundError);
 * ```
 */
export class DenoNotFoundError extends LaunchError {
  /** The class name; minified code keeps it. */
  override name = "DenoNotFoundError";
}

/**
 * The Deno where the gateway should start is too old. See {@linkcode LaunchError} for an example.
 */
export class DenoVersionError extends LaunchError {
  /** The class name; minified code keeps it. */
  override name = "DenoVersionError";
}
