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

export { Channel, type ChannelGateway } from "./channel/channel.ts";
export { type CallbackOptions, type SendOptions } from "./channel/options.ts";
export type { WaitOptions } from "./internal/wait.ts";
export * from "./errors.ts";
export type { AtPeer, Flipped } from "./gateway/at_peer.ts";
export { defaultGroup, makeGateway } from "./gateway/default_group.ts";
export type {
  CallOptions,
  ExecArguments,
  ExecOptions,
  RemoteFunction,
  RemoteGenerator,
} from "./gateway/exec_options.ts";
export { Gateway } from "./gateway/gateway.ts";
export type { GatewayGroup } from "./gateway/group_interface.ts";
export type { DrainOptions, TerminateOptions } from "./gateway/process/terminate.ts";
export { Group } from "./gateway/group.ts";
export type { UncaughtHandler } from "./gateway/uncaught_handler.ts";
export type { StartOptions } from "./gateway/start_options.ts";
export type { GroupOptions, OpenOptions } from "./gateway/group/options.ts";
export type { Items, MapContext, MapFunction } from "./map/function.ts";
export type { LostGateway, MapLoss } from "./map/lost_gateway.ts";
export type {
  MapArguments,
  MapDecision,
  MapOptions,
  MapProgress,
  MapResults,
} from "./map/options.ts";
export { MultiChannel } from "./channel/multi_channel.ts";
export { dryRun } from "./spec/dry_run.ts";
export type { OutputHandler } from "./spec/output.ts";
export type { PermissionKind, PermissionSet, PermissionValue } from "./permissions/permissions.ts";
export type { MemberStatus, RemoteStatus } from "./gateway/remote_status.ts";
export type { RemoteInfo } from "./protocol/remote_info.ts";
export type { GatewayExit } from "./transports/transport.ts";
export type { GatewaySpec, Output, PermissionKeys } from "./spec/spec.ts";
export type { CommandKeys } from "./transports/command.ts";
export type { PopenKeys } from "./transports/popen.ts";
export type { TransportKeys } from "./transports/registry.ts";
export type { SshKeys } from "./transports/ssh.ts";
export type { TcpKeys } from "./transports/tcp/keys.ts";
