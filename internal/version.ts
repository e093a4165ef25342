/**
 * Versions of Deno.
 *
 * @module
 */

/** Returns whether a dotted version is older than `least`; the part behind a dash is ignored. */

export function isOlder(version: string, least: string): boolean {
  const [a, b] = [version, least].map((text) => text.split("-")[0].split(".").map(Number));
  for (let i = 0; i < b.length; i++) {
    const difference = (a[i] ?? 0) - b[i];
    if (difference !== 0) return difference < 0;
  }
  return false;
}
