/**
 * What gateways are made of.
 *
 * @module
 */

import type { GatewaySpec, ResolvedSpec } from "../spec/spec.ts";
import type { Machine } from "../transports/machine/machine.ts";
import type { Transport } from "../transports/transport.ts";
import type { GatewayGroup } from "./group_interface.ts";
import type { UncaughtHandler } from "./uncaught_handler.ts";

/** The parts and options of a gateway. */
export interface GatewayInit {
  /** Its name in its group. */
  id: string;
  /** What it is started from, with what was found out for the start. */
  spec: ResolvedSpec;
  /** The machine that it is started from, and that its isolated executions are. */
  machine: Machine;
  /** What reaches its process, which is starting. */
  transport: Transport;
  /** The program of the far side, as its loader reads it; undefined if it runs already. */
  program: Uint8Array | undefined;
  /** See `SessionInit`. */
  uncaughtHandler?(): UncaughtHandler | undefined;
  /** Aborted when the gateway is not wanted any more, before it is up. */
  cancelled?: AbortSignal;
}

/** What a gateway shows, and what makes its inside. */
export interface GatewayShape<Gateway, Core> {
  /** Its name in its group. */
  readonly id: string;
  readonly group: GatewayGroup<Gateway>;
  /** What `Gateway.spec` shows. */
  readonly given: GatewaySpec;
  /** Makes its inside. */
  makeCore(owner: Gateway): Core;
}
