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

  /** Makes the error. Its stack starts with the user's own line, where there is one. */
  constructor(message?: string, options?: ErrorOptions) {
    super(message, options);
    const frames = framesOfUser();
    if (frames.length === 0) return;
    const stack = [`${new.target.name}: ${this.message}`, ...frames].join("\n");
    defineHidden(this, "stack", stack);
  }
}

let framesOfUser: () => readonly string[] = () => [];

/** Sets what finds the frames of the user's call; see `errors/user_stack.ts`. */
export function setFramesOfUser(find: () => readonly string[]): void {
  framesOfUser = find;
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
