/**
 * Whether this Deno can talk TLS over something else than a socket of the system.
 *
 * @module
 */

import { LaunchError } from "../../errors.ts";
import { isOlder } from "../../internal/version.ts";

/** The first whose writes there do not wait until the peer says something. */
const LEAST_VERSION = "2.8.0";

/** @throws {LaunchError} where it cannot. */
export function checkTlsOverStreams(what: string): void {
  const { deno } = Deno.version;
  if (!isOlder(deno, LEAST_VERSION)) return;
  throw new LaunchError(`${what} needs Deno ${LEAST_VERSION} or later, and this is ${deno}`);
}
