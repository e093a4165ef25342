/**
 * What a gateway tells of itself.
 *
 * @module
 */

import type { StatusReport } from "../protocol/control.ts";

/** What a gateway told of itself when it started. */
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
