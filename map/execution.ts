/**
 * One execution of a map's function on a gateway, and the channels of its workers.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { SerializationError } from "../errors.ts";
import type { MapSetup } from "../protocol/map_request.ts";
import type { MapGateway } from "./host.ts";

/** Runs the code of a map on a gateway. */
export type Execute = (gateway: MapGateway, args: [args: unknown, setup: MapSetup]) => Channel;

/** What the executions of one map have in common. */
export interface MapTask {
  readonly execute: Execute;
  /** The second argument of the function. */
  readonly args: unknown;
  /** Milliseconds that an item may take. */
  readonly itemTimeout?: number;
}

/** An execution, which starts with the first items of one of its workers. */
export class MapExecution {
  readonly gateway: MapGateway;
  readonly #task: MapTask;
  readonly #lanes: number;
  #channels: readonly Channel[] | undefined;

  /** @param lanes The number of its workers. */
  constructor(gateway: MapGateway, task: MapTask, lanes: number) {
    this.gateway = gateway;
    this.#task = task;
    this.#lanes = lanes;
  }

  /** Milliseconds that an item may take. */
  get itemTimeout(): number | undefined {
    return this.#task.itemTimeout;
  }

  /** Whether it was started. */
  get hasBegun(): boolean {
    return this.#channels !== undefined;
  }

  /**
   * Returns the channel of a worker.
   *
   * @param lane Its number, from 0.
   * @throws {SerializationError} if the arguments cannot be sent.
   * @throws {GatewayClosedError} if the gateway has ended.
   */
  channel(lane: number): Channel {
    this.#channels ??= this.#start();
    return this.#channels[lane];
  }

  /** Completes an error of the function, as one that closes the channel is. */
  remoteError(error: Error): Error | Promise<Error> {
    return coreOf(this.channel(0)).remoteError(error);
  }

  /** Ends it. */
  close(reason?: unknown): void {
    for (const channel of this.#channels ?? []) channel.close(reason);
  }

  #start(): Channel[] {
    const { args, execute, itemTimeout } = this.#task;
    const lanes = Array.from({ length: this.#lanes - 1 }, () => this.gateway.newChannel());
    try {
      const own = execute(this.gateway, [args, { lanes, timeout: itemTimeout }]);
      return [own, ...lanes];
    } catch (error) {
      for (const lane of lanes) lane.close();
      if (error instanceof SerializationError) {
        error.message = error.message.replace("args[0]", "args");
      }
      throw error;
    }
  }
}
