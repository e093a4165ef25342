/**
 * Names of files that are made of ids.
 *
 * @module
 */

/** Returns an id as the name of a file in a folder, whatever it is. */
export function fileName(id: string): string {
  const name = id.replaceAll("%", "%25").replaceAll("/", "%2F");
  return /^\.{1,2}$/.test(name) ? name.replaceAll(".", "%2E") : name;
}
