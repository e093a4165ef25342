/**
 * Versions of Deno.
 *
 * @module
 */

/** Compares dotted versions by their numbers; what follows a dash does not count. */
export function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split("-")[0].split(".").map(Number));
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - b[i];
    if (difference !== 0) return difference < 0;
  }
  return false;
}
