/**
 * What a worker of a map is sent: how it works, and then lists of items.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** The second element of the `args` of a map; the first is the argument of the function. */
export interface MapSetup {
  /**
   * Channels on which it works as on its own, each one item at a time: so what the function needs is
   * sent once, however many items run at a time.
   */
  lanes: readonly unknown[];
  /** Milliseconds that an item may take. Default: no limit. */
  timeout?: number;
}

/** Some items in a row. */
export interface MapBatch {
  items: readonly unknown[];
  /** The index of the first in the source of the map. */
  at: number;
  /**
   * Whether each is to be answered before the next is begun: if the process ends, the other side
   * knows which of them may have run.
   */
  singly?: boolean;
}

/**
 * Returns the `args` of a map.
 *
 * @throws {ProtocolError} if they are none.
 */
export function readMapArgs(item: unknown): [args: unknown, setup: MapSetup] {
  const [args, setup] = Array.isArray(item) ? item : [];
  const { lanes, timeout } = Object(setup) as Partial<MapSetup>;
  if (!Array.isArray(lanes) || !(timeout === undefined || Number(timeout) >= 0)) {
    throw new ProtocolError("the arguments of a map are malformed");
  }
  return [args, { lanes, timeout }];
}

/**
 * Checks a received {@linkcode MapBatch}.
 *
 * @throws {ProtocolError} if `item` is none.
 */
export function readMapBatch(item: unknown): MapBatch {
  const { items, at, singly = false } = Object(item) as Partial<MapBatch>;
  if (Array.isArray(items) && typeof at === "number" && typeof singly === "boolean") {
    return { items, at, singly };
  }
  throw new ProtocolError("the items of a map are not a list");
}
