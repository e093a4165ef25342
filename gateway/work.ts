/**
 * What runs on a gateway for its user.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { GatewayClosedError } from "../errors.ts";

/** Counts the executions that run, and refuses new ones while its group is drained. */
export class Work {
  readonly #gateway: string;
  #running = 0;
  #drains = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  /** @param gateway The id of the gateway. */
  constructor(gateway: string) {
    this.#gateway = gateway;
  }

  /** @throws {GatewayClosedError} if nothing new, such as `name`, is to be run. */
  check(name: string): void {
    if (this.#drains === 0) return;
    throw new GatewayClosedError(
      `cannot run ${name}: the group of gateway ${this.#gateway} is being drained`,
    );
  }

  /** Counts an execution until it ends. */
  add(channel: Channel): void {
    this.#running++;
    coreOf(channel).lifecycle.onEnd(() => {
      if (--this.#running === 0) this.#idle?.resolve();
    });
  }

  /** Refuses new executions until the returned object is disposed. */
  refuse(): Disposable {
    this.#drains++;
    return { [Symbol.dispose]: () => void this.#drains-- };
  }

  /** Resolves when no execution runs; undefined if none does now. */
  idle(): Promise<void> | undefined {
    if (this.#running === 0) return undefined;
    this.#idle ??= Promise.withResolvers();
    return this.#idle.promise.finally(() => this.#idle = undefined);
  }
}
