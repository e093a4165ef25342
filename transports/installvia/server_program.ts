/**
 * The program of a server for one session, which a gateway runs.
 *
 * @module
 */

import type { Permissions } from "../../permissions/permissions.ts";

/** Its arguments. */
export interface ServerArgs {
  hostname: string;
  /** Port 0 is any that is free. */
  port: number;
  /** See `ServeOptions.insecure`. */
  insecure: boolean;
  token: string;
  /** The most that the session may do. */
  permissions: Permissions;
  /** Unstable features that it may have. Default: none. */
  unstable?: readonly string[];
  /** Milliseconds after which the server ends if no session has begun. */
  waitMs: number;
}

/** Returns its source text, which is loaded only when a server is installed. */
export async function serverProgram(): Promise<string> {
  const { SERVER } = await import("./_server.gen.ts");
  return SERVER;
}
