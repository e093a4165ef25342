/**
 * The base of all errors of this package.
 *
 * @module
 */

/**
 * The base class of all errors of this package.
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
  /** The class name; minified code keeps it. */
  override name = "ExecnetError";
}

/** Defines a property that is not listed when the error is printed, as `message` is not. */
export function defineHidden(error: Error, key: string, value: unknown): void {
  Object.defineProperty(error, key, {
    value,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}
