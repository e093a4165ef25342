/**
 * What a session is made of.
 *
 * @module
 */

import type { ChannelGateway } from "../../channel/channel.ts";
import type { ChannelIds } from "../../channel/mux/channel_table.ts";
import type { ResolvedSpec } from "../../spec/spec.ts";
import type { Machine } from "../../transports/machine/machine.ts";
import type { Transport } from "../../transports/transport.ts";
import type { UncaughtHandler } from "../uncaught_handler.ts";
import type { KeepAlive } from "./keep_alive.ts";

/** The parts and options of a `Session`. */
export interface SessionInit {
  /** What the process belongs to: a gateway, or one isolated execution of it. */
  kind: "gateway" | "execution";
  /** The gateway. */
  owner: ChannelGateway;
  spec: ResolvedSpec;
  /** The machine that the process was started from: it is asked why a start has failed. */
  machine: Machine;
  transport: Transport;
  /** Resolves when the start has a slot, from when `connectTimeout` counts. Default: it has one. */
  queued?: Promise<void>;
  /** The program of the far side, as its loader reads it; undefined if it runs already. */
  program: Uint8Array | undefined;
  keepAlive: KeepAlive;
  /** The numbers of channels, which all processes of the gateway share. */
  ids: ChannelIds;
  /** Seconds without any sign of life after which the process is ended. Default: no limit. */
  heartbeat?: number;
  /** Returns who is told of errors that fail no execution; default: nobody. */
  uncaughtHandler?(): UncaughtHandler | undefined;
  /** Called when the connection is gone; everything that waits on it fails with `reason`. */
  lost?(reason: Error): void;
}
