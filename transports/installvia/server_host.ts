/**
 * What a group gives for the start of a server.
 *
 * @module
 */

import type { Machine } from "../machine/machine.ts";
import type { ProcessSettings } from "../machine/request.ts";

/** Starts gateways that run servers, on the machine of a gateway of the group. */
export interface ServerHosting {
  /** That machine. */
  readonly machine: Machine;
  /** Starts a gateway that is no member of the group; no one waits for its handshake yet. */
  start(settings: HostSettings, id: string): ServerHost;
}

/** How a gateway that runs a server is started. */
export interface HostSettings extends ProcessSettings {
  /** Milliseconds from launch to handshake. */
  readonly connectTimeout: number;
}

/** A gateway that runs a server. */
export interface ServerHost {
  /**
   * Runs source text there, once the gateway is up.
   *
   * @returns The first item that it sends.
   */
  run(text: string, args: unknown): Promise<ServerRun>;
  /** Ends the gateway: asks, and after `timeout` milliseconds forces it. */
  terminate(options: { timeout: number }): Promise<unknown>;
}

/** A server under way. */
export interface ServerRun {
  /** The first item that it sent. */
  readonly first: unknown;
  /** Resolves when it has ended, with the error that ended it. */
  readonly ended: Promise<Error | undefined>;
}
