/**
 * What a gateway says of itself in its hello.
 *
 * @module
 */

/**
 * What a gateway reports about itself when it starts.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const { deno, os } = gw.remote;
 * assertEquals([deno, os], [Deno.version.deno, Deno.build.os]);
 * ```
 */
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
