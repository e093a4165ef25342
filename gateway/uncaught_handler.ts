/**
 * Handlers of errors that nobody can be blamed for.
 *
 * @module
 */

import type { ChannelGateway } from "../channel/channel.ts";
import type { RemoteError } from "../errors.ts";

/**
 * Called with an error of remote code that nothing has caught and that failed no execution, the gateway
 * that it occurred on, and the number of such errors since the last call that are not passed on: a
 * gateway passes on 20 a second.
 *
 * @example
 * ```ts
 * import { Group, type UncaughtHandler } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const told: string[] = [];
 * const onUncaught: UncaughtHandler = (error, { id }) => void told.push(`${id}: ${error.message}`);
 * await using group = new Group({ onUncaught });
 * const gw = await group.makeGateway({ popen: true, output: "null" });
 * await gw.call(() => void setTimeout(() => { throw new Error("too late"); }, 200));
 * while (told.length === 0) await gw.remoteStatus(); // nothing else waits for it
 * assertEquals(told, ["gw0: too late"]);
 * ```
 */
export type UncaughtHandler = {
  // The parameters of a method may be narrower: a handler may declare the gateway as a `Gateway`.
  handle(error: RemoteError, gateway: ChannelGateway, missed: number): void;
}["handle"];
