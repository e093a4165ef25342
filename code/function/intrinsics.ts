/**
 * What V8 says of functions. It is captured when the package loads, before its parser: user code may
 * replace it.
 *
 * @module
 */

const { toString } = Function.prototype;
const { toString: tag } = Object.prototype;
const { apply } = Reflect;

/** Returns the text of a function, as it was written. */
export function writtenText(fn: object): string {
  return apply(toString, fn, []);
}

/** Returns the kind of a function, such as `[object AsyncFunction]`. */
export function tagOf(fn: object): string {
  return apply(tag, fn, []);
}
