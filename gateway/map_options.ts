/**
 * Options of `Group.map`.
 *
 * @module
 */

import { closestString } from "@std/text/closest-string";
import {
  ANYTHING,
  BOOLEAN,
  checkOptions,
  FUNCTION,
  type OptionRule,
  type OptionRules,
  SIGNAL,
  TEXT,
} from "../internal/arguments.ts";
import type { RemoteInfo } from "./remote_info.ts";
import type { GatewayExit } from "./process/remote_process.ts";
import type { GatewaySpec } from "../spec/spec.ts";

/** The source of a map's items. */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/** A function that can be sent: of an item, and what is the same for all items. */
export type MapFunction<Item, Args, Result> = (item: Item, args: Args) => Result;

/** What is to be done about an item that failed. */
export type MapDecision = "stop" | "skip";

/** What is left of a gateway that was lost. */
export interface LostGateway {
  /** Its name in its group. */
  readonly id: string;
  /** What it was made from. */
  readonly spec: GatewaySpec;
  /** What it told of itself when it started. */
  readonly remote: RemoteInfo;
  /** How it ended, once it has. */
  readonly closed: Promise<GatewayExit>;
}

/** Told when a gateway is lost, or the process of an isolated worker. */
export interface MapLoss<Item = unknown> {
  /** The gateway; that of an isolated worker may go on. */
  readonly gateway: LostGateway;
  /** How it was lost. */
  readonly error: Error;
  /** The items that it had, whose results did not come. */
  readonly items: readonly Item[];
  /** How many of them are run again. */
  readonly retried: number;
}

/** Options of {@linkcode Group.map}. */
export interface MapOptions<Item = unknown, Args = unknown> {
  /** The second argument of the function, sent once to each worker. */
  args?: Args;
  /** How many items each gateway has under way at a time. Default 1. */
  concurrency?: number;
  /** Whether results come in the order of their items, or as they are done. Default true. */
  ordered?: boolean;
  /** How often an item is run again whose gateway was lost meanwhile. Default 0: it fails. */
  retries?: number;
  /**
   * What to do about an item that failed: `"stop"` (the default) ends the map with its error;
   * `"skip"` goes on without a result for it. A function is told of the error and the item, and
   * decides; what it throws ends the map.
   */
  onError?:
    | MapDecision
    | ((
      error: Error,
      item: Item,
    ) => MapDecision | void | Promise<MapDecision | void>);
  /** Ends the map with the signal's reason when aborted; what is under way is cancelled. */
  signal?: AbortSignal;
  /** Whether each worker has a process of its own. Default false. */
  isolate?: boolean;
  /** Whether to start a gateway with the same spec for one that is lost. Default false. */
  respawn?: boolean;
  /** Called when a gateway is lost, before its items are run again or fail. What it throws ends the map. */
  onLoss?: (loss: MapLoss<Item>) => void;
  /** What stacks, messages and the status call it. Default: the function's name, or `map`. */
  name?: string;
}

const MAP_OPTIONS: OptionRules<MapOptions> = {
  args: ANYTHING,
  concurrency: wholeNumber(1),
  ordered: BOOLEAN,
  retries: wholeNumber(0, Infinity),
  onError: {
    wanted: '"stop", "skip" or a function',
    isRight: (value) => value === "stop" || value === "skip" || typeof value === "function",
  },
  signal: SIGNAL,
  isolate: BOOLEAN,
  respawn: BOOLEAN,
  onLoss: FUNCTION,
  name: TEXT,
};

function wholeNumber(least: number, besides?: number): OptionRule {
  return {
    wanted: `a whole number from ${least}`,
    isRight: (value) => value === besides || (Number.isInteger(value) && Number(value) >= least),
    isNumber: true,
  };
}

/** @throws {TypeError} or a RangeError, when an option is unknown or makes no sense. */
export function checkMapOptions(options: MapOptions<never>): void {
  checkOptions<MapOptions>("map", options as MapOptions, MAP_OPTIONS, closestString);
}
