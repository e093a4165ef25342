/**
 * TLS over other streams than sockets of the system.
 *
 * @module
 */

import { LaunchError } from "../../errors.ts";
import { isOlder } from "../../internal/version.ts";

/** The first version in which a write there does not wait until the peer sends something. */
const LEAST_VERSION = "2.8.0";

/**
 * Checks that this Deno can do that.
 *
 * @param what Who needs it, for the message.
 * @throws {LaunchError} if it cannot.
 */
export function checkTlsOverStreams(what: string): void {
  const { deno } = Deno.version;
  if (!isOlder(deno, LEAST_VERSION)) return;
  throw new LaunchError(`${what} needs Deno ${LEAST_VERSION} or later, and this is ${deno}`);
}
