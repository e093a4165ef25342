/**
 * How a transport reads its own keys of a spec.
 *
 * @module
 */

/** The keys of one spec. Every method throws a `SpecError` for a value that the key cannot have. */
export interface SpecReader {
  /** Whether the spec has the key. */
  has(key: string): boolean;
  /** Whether the spec has a key that takes no value. */
  flag(key: string): boolean;
  /** Returns the text of a key, which is not empty; undefined if the spec does not have the key. */
  text(key: string): string | undefined;
  /** Returns the text of a key that the spec must have. */
  required(key: string): string;
  /** Returns which of a few values a key has. */
  oneOf<T extends string>(key: string, allowed: readonly T[]): T | undefined;
  /** Returns a whole number from `min` to `max`. */
  number(key: string, min: number, max: number): number | undefined;
}
