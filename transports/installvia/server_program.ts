/**
 * The server for one session, as text that a gateway executes.
 *
 * @module
 */

import type { Permissions } from "../../permissions/permissions.ts";

/** What it is told. */
export interface ServerArgs {
  hostname: string;
  /** 0 for any that is free. */
  port: number;
  /** See `ServeOptions.insecure`. */
  insecure: boolean;
  token: string;
  /** What the session may do at most. */
  permissions: Permissions;
  /** Milliseconds after which it ends if no session has begun. */
  waitMs: number;
}

/** Its source text; loaded only where a server is installed. */
export async function serverProgram(): Promise<string> {
  const { SERVER } = await import("./_server.gen.ts");
  return SERVER;
}
