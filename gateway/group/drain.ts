/**
 * Lets what runs on the gateways of a group end, before they are ended.
 *
 * @module
 */

import { GatewayClosedError } from "../../errors.ts";
import { checkOptions } from "../../internal/arguments.ts";
import { MAX_TIMER_MS, within } from "../../internal/wait.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import { DRAIN_OPTIONS, type DrainOptions } from "../process/terminate.ts";
import type { Starter } from "./starter.ts";

/** The drains of a group that are under way. */
export class Drains {
  readonly #members: Iterable<Gateway>;
  readonly #starter: Pick<Starter, "onJoin">;
  #count = 0;
  #held = 0;
  #released = Promise.withResolvers<void>();

  constructor(members: Iterable<Gateway>, starter: Pick<Starter, "onJoin">) {
    this.#members = members;
    this.#starter = starter;
  }

  /** @throws {GatewayClosedError} during a drain: nothing new is to be done, such as `what`. */
  check(what: string): void {
    if (this.#count === 0) return;
    throw new GatewayClosedError(`cannot ${what} in a group that is being drained`);
  }

  /** Counts something that runs until the returned object is disposed, such as a map. */
  hold(): Disposable {
    this.#held++;
    return {
      [Symbol.dispose]: () => {
        if (--this.#held > 0) return;
        this.#released.resolve();
        this.#released = Promise.withResolvers();
      },
    };
  }

  /** Waits until nothing runs, or `timeout` ms have passed, and ends the gateways. */
  async run(options: DrainOptions, terminate: () => Promise<void>): Promise<void> {
    checkOptions("drain", options, DRAIN_OPTIONS);
    const { timeout = Infinity } = options;
    this.#count++;
    using refusals = new DisposableStack();
    refusals.defer(() => this.#count--);
    const refuse = (gateway: Gateway) => refusals.use(coreOf(gateway).refuse());
    for (const gateway of this.#members) refuse(gateway);
    // A map may start gateways in place of lost ones.
    refusals.defer(this.#starter.onJoin(refuse));
    await within(this.#idle(), Math.min(timeout, MAX_TIMER_MS));
    await terminate();
  }

  async #idle(): Promise<void> {
    for (;;) {
      const busy = Array.from(this.#members, (gateway) => coreOf(gateway).idle() ?? []).flat();
      // A map runs also while it has no worker, as its gateways are lost or its items are to come.
      if (this.#held > 0) busy.push(this.#released.promise);
      if (busy.length === 0) return;
      await Promise.all(busy);
    }
  }
}
