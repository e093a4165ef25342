/**
 * What a start needs to know of a spec.
 *
 * @module
 */

import type { Permissions } from "../../permissions/permissions.ts";

/** How a gateway's process is to run, on whichever machine. */
export interface ProcessSettings {
  /** The `deno` to start. */
  readonly deno?: string;
  /** Working directory. */
  readonly chdir?: string;
  /** Added to its niceness. */
  readonly nice?: number;
  /** Environment variables besides the inherited ones. */
  readonly env: Readonly<Record<string, string>>;
  /** What its code may do. */
  readonly permissions: Permissions;
  /** Unstable features of Deno that its code has. Default: none. */
  readonly unstable?: readonly string[];
}

/** What a transport needs to know to start a gateway. */
export interface LaunchRequest<Options = unknown> extends ProcessSettings {
  /** What the transport's own keys say, as its `parse` returned it. */
  readonly options: Options;
  /** The name that the spec asks for; a server logs it. */
  readonly id?: string;
  /** Milliseconds from launch to handshake. */
  readonly connectTimeout: number;
}

/**
 * Returns a copy of a request with some properties replaced. It has no prototype: a polluted
 * `Object.prototype.deno` must not be what is run.
 */
export function withChanges<Request extends LaunchRequest>(
  request: Request,
  changes: Partial<Request>,
): Request {
  return Object.assign(Object.create(null), request, changes);
}
