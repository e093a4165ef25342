/**
 * Whether this Deno can talk TLS over something else than a socket of the system.
 *
 * @module
 */

import { LaunchError } from "../errors.ts";

/** The first whose writes there do not wait until the peer says something. */
const LEAST_MINOR = 8;

/** @throws {LaunchError} where it cannot. */
export function checkTlsOverStreams(what: string): void {
  const { deno } = Deno.version;
  const [major, minor] = deno.split(".").map(Number);
  if (major > 2 || minor >= LEAST_MINOR) return;
  throw new LaunchError(`${what} needs Deno 2.${LEAST_MINOR} or later, and this is ${deno}`);
}
