/**
 * The server for one session, as text that a gateway executes.
 *
 * @module
 */

import type { Permissions } from "./permissions.ts";
import { inflate, unpack } from "./program.ts";

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

let text: Promise<string> | undefined;

/** Its source text; loaded only where a server is installed. */
export function serverProgram(): Promise<string> {
  return text ??= load();
}

async function load(): Promise<string> {
  const { SERVER } = await import("./_server.gen.ts");
  return new TextDecoder().decode(await inflate(unpack(SERVER)));
}
