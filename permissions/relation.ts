/**
 * The relations between two entries of permission lists.
 *
 * @module
 */

/**
 * The relation of an entry to another:
 *
 * - `equal`: both match the same.
 * - `within`: it matches a part of what the other matches, and nothing else.
 * - `around`: it matches all that the other matches, and more. If one grants and the other denies,
 *   Deno follows the other, which is narrower.
 * - `apart`: they match nothing in common.
 * - `unclear`: any other case, or a case that cannot be decided here.
 */

export type Relation = "equal" | "within" | "around" | "apart" | "unclear";
