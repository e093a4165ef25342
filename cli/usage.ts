/**
 * Mistakes in the command line.
 *
 * @module
 */

/** The command line, or a file that it names, is wrong. Nothing has been started. */
export class UsageError extends Error {
  /** The class name. */
  override name = "UsageError";
}

/** Returns `; did you mean "…"?` with the word that is nearest to a wrong one. */
export async function didYouMean(wrong: string, right: Iterable<string>): Promise<string> {
  const words = [...right];
  if (words.length === 0) return "";
  // Loaded here: a command line without a mistake needs none of it.
  const { closestString } = await import("@std/text/closest-string");
  return `; did you mean "${closestString(wrong, words)}"?`;
}
