/**
 * What a map needs of the group that it is called on: `gateway/` provides it, so that this room does
 * not import it.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";
import type { Code } from "../code/code.ts";
import type { LostGateway } from "./lost_gateway.ts";

/** A gateway that a map runs on. */
export interface MapGateway extends LostGateway {
  /** Makes a channel, to be sent there. */
  newChannel(): Channel;
}

/** The group that a map is called on. */
export interface MapHost<Gateway extends MapGateway = MapGateway> {
  /** The gateways that are up now. */
  readonly gateways: Iterable<Gateway>;
  /** The call of the user, for the stacks of errors. */
  readonly from: Code["from"];
  /** Counts the map as running until the returned object is disposed: a drain waits for it. */
  begin(): Disposable;
  /** Runs code on a gateway, in a process of its own if `isolate` is true. */
  execute(gateway: Gateway, code: Code, args: unknown, isolate: boolean | undefined): Channel;
  /** Calls `joined` for each gateway that comes up, until the returned function is called. */
  onJoin(joined: (gateway: Gateway) => void): () => void;
  /** Starts another gateway in place of one that has ended, or is about to. */
  restart(lost: Gateway): Promise<unknown>;
}
