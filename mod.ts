/**
 * Starts Deno elsewhere, sends it code, and talks to it over channels. Nothing is installed there
 * but Deno, and nothing is permitted there but what is granted.
 *
 * @example
 * ```ts
 * import { makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const channel = gw.remoteExec(`await channel.send((await channel.receive()) + 1)`);
 * await channel.send(1);
 * assertEquals(await channel.receive(), 2);
 * ```
 *
 * @module
 */

export {
  type CallbackOptions,
  Channel,
  type ChannelGateway,
  type SendOptions,
} from "./channel/channel.ts";
export type { WaitOptions } from "./channel/wait.ts";
export * from "./errors.ts";
export type { AtPeer, Flipped } from "./gateway/at_peer.ts";
export { defaultGroup, makeGateway } from "./gateway/default_group.ts";
export type { ExecOptions, RemoteFunction, RemoteGenerator } from "./gateway/execution.ts";
export { Gateway } from "./gateway/gateway.ts";
export type { GatewayGroup, TerminateOptions } from "./gateway/gateway_group.ts";
export { Group } from "./gateway/group.ts";
export type { GroupOptions, OpenOptions } from "./gateway/group_options.ts";
export type { MemberStatus } from "./gateway/group_status.ts";
export type {
  LostGateway,
  MapDecision,
  MapFunction,
  MapLoss,
  MapOptions,
} from "./gateway/map/options.ts";
export type { Items } from "./gateway/map/source.ts";
export { MultiChannel } from "./gateway/multi_channel.ts";
export { dryRun } from "./gateway/launch.ts";
export type { OutputHandler } from "./gateway/output.ts";
export type { PermissionKind, PermissionSet, PermissionValue } from "./gateway/permissions.ts";
export type { RemoteInfo, RemoteStatus } from "./gateway/remote_info.ts";
export type { GatewayExit } from "./gateway/remote_process.ts";
export type { GatewaySpec, Output, PermissionKeys } from "./gateway/spec.ts";
