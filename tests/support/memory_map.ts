/** Maps over memory gateways, which a Group cannot start. */

import type { Gateway } from "../../gateway/gateway.ts";
import { mapHost } from "../../gateway/group/map_host.ts";
import { startMap } from "../../map/map.ts";
import type { Items, MapFunction } from "../../map/function.ts";
import type { MapArguments, MapResults } from "../../map/options.ts";
import { makeMemoryGateway } from "./memory_gateway.ts";

/** The part of a group that a map uses. */
export class MemoryMapHost implements AsyncDisposable {
  readonly gateways: Gateway[];
  readonly #joined = new Set<(gateway: Gateway) => void>();

  private constructor(gateways: Gateway[]) {
    this.gateways = gateways;
  }

  static async make(count: number): Promise<MemoryMapHost> {
    return new MemoryMapHost(
      await Promise.all(Array.from({ length: count }, () => makeMemoryGateway())),
    );
  }

  /** Adds a gateway. */
  async join(): Promise<void> {
    const gateway = await makeMemoryGateway();
    this.gateways.push(gateway);
    for (const joined of this.#joined) joined(gateway);
  }

  map<Item, Result, Args = undefined, Value = never, Entries extends boolean = false>(
    items: Items<Item>,
    fn: MapFunction<Item, Args, Result>,
    ...options: MapArguments<Item, Args, Value, Entries>
  ): MapResults<Awaited<Result> | Value, Entries> {
    const host = mapHost(this.map, this.gateways, {
      onJoin: (joined) => {
        this.#joined.add(joined);
        return () => void this.#joined.delete(joined);
      },
      restart: () => Promise.reject(new Error("there are no more")),
    }, { hold: () => ({ [Symbol.dispose]: () => {} }) });
    return startMap(host, items, fn, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.terminate()));
  }
}
