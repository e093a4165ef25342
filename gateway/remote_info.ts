/**
 * What a gateway reports about itself.
 *
 * @module
 */

import type { StatusReport } from "../protocol/control.ts";

/** What a gateway reports about itself when it starts. */
export interface RemoteInfo {
  /** Process id. */
  readonly pid: number;
  /** Version of Deno, such as `"2.9.6"`. */
  readonly deno: string;
  /** Version of V8. */
  readonly v8: string;
  /** Version of TypeScript. */
  readonly typescript: string;
  /** Operating system, as `Deno.build.os`. */
  readonly os: string;
  /** Processor architecture, as `Deno.build.arch`. */
  readonly arch: string;
}

/** What a gateway is doing. */
export type RemoteStatus = StatusReport;

/** The status of one gateway of a group, or why there is none. */
export type MemberStatus =
  | RemoteStatus & { readonly reachable: true }
  | { readonly reachable: false; readonly error: Error };
