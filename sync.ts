/**
 * Makes trees of files at gateways the same as here, or the other way round.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { pull, push } from "@x/execnet/sync";
 * import { assertEquals } from "@std/assert";
 *
 * const [site, there, back] = await Promise.all([1, 2, 3].map(() => Deno.makeTempDir()));
 * await Deno.writeTextFile(`${site}/index.html`, "<h1>hello</h1>");
 * await using gateway = await makeGateway(`popen//allow-read=${there}//allow-write=${there}`);
 * const { created } = await push(site, { gateway, path: there }, { delete: true });
 * await pull({ gateway, path: there }, back);
 * assertEquals([created, await Deno.readTextFile(`${back}/index.html`)], [1, "<h1>hello</h1>"]);
 * ```
 *
 * @module
 */

export { type SyncEntry, type SyncOptions } from "./sync/options.ts";
export { pull } from "./sync/pull.ts";
export { push } from "./sync/push.ts";
export {
  SyncError,
  type SyncProgress,
  type SyncReport,
  type SyncTargetName,
} from "./sync/report.ts";
export type { SyncTarget } from "./sync/target.ts";
export type { SyncChange, SyncProblem, SyncSkipped } from "./sync/wire/problems.ts";
export type { LinkMode } from "./sync/wire/settings.ts";
