/**
 * The ways in which two entries of a permission list can relate.
 *
 * @module
 */

/**
 * What an entry matches, seen from another:
 *
 * - `equal`: both match the same.
 * - `within`: it matches some of what the other does, and nothing else.
 * - `around`: it matches all that the other does, and more; where one grants and the other denies,
 *   Deno follows the other, which is narrower.
 * - `apart`: they match nothing in common.
 * - `unclear`: anything else, and what cannot be told.
 */
export type Relation = "equal" | "within" | "around" | "apart" | "unclear";
