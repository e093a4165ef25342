/**
 * What a gateway reports about what it runs.
 *
 * @module
 */

import type { StatusReport } from "../protocol/control.ts";

/**
 * What a gateway is doing.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * gw.remoteExec(`await channel.receive()`, undefined, { name: "tally" });
 * const { channels, executing, execModel } = await gw.remoteStatus();
 * assertEquals([channels, executing, execModel], [1, ["tally"], "main"]);
 * ```
 */
export type RemoteStatus = StatusReport;

/**
 * The status of one gateway of a group, or why there is none.
 *
 * @example
 * ```ts
 * import { Group, type MemberStatus } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const show = (status: MemberStatus) =>
 *   status.reachable ? `runs ${status.executing.length}` : status.error.message;
 * await using group = await Group.open(["popen", "popen"]);
 * const shown = Array.from(await group.remoteStatus(), ([id, status]) => [id, show(status)]);
 * assertEquals(shown, [["gw0", "runs 0"], ["gw1", "runs 0"]]);
 * ```
 */
export type MemberStatus =
  | RemoteStatus & { readonly reachable: true }
  | { readonly reachable: false; readonly error: Error };
