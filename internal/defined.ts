/**
 * Objects without the keys that have no value.
 *
 * @module
 */

/** Returns the values that are not `undefined`: a key that is there may be checked, or shown. */
export function defined<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Partial<T>;
}
