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
import type { RemoteInfo } from "../protocol/remote_info.ts";
import type { GatewayExit } from "../transports/transport.ts";
import type { GatewaySpec } from "../spec/spec.ts";

/**
 * The source of a map's items.
 *
 * @example
 * ```ts
 * import { Group, type Items } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * async function* letters(): AsyncGenerator<string> {
 *   yield* await Promise.resolve(["a", "b"]);
 * }
 * const items: Items<string> = letters();
 * await using group = await Group.open(["popen"]);
 * const results = group.map(items, (letter: string) => letter.toUpperCase());
 * assertEquals(await Array.fromAsync(results), ["A", "B"]);
 * ```
 */
export type Items<Item> = Iterable<Item> | AsyncIterable<Item>;

/**
 * A function that can be sent: of an item, and of arguments that are the same for all items.
 *
 * @example
 * ```ts
 * import { Group, type MapFunction } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * const scale: MapFunction<number, { by: number }, number> = (n, { by }) => n * by;
 * await using group = await Group.open(["popen"]);
 * const results = group.map([1, 2], scale, { args: { by: 10 } });
 * assertEquals(await Array.fromAsync(results), [10, 20]);
 * ```
 */
export type MapFunction<Item, Args, Result> = (item: Item, args: Args) => Result;

/** What to do about an item that failed: end the map, or go on without a result for it. */
export type MapDecision = "stop" | "skip";

/** A gateway that was lost. */
export interface LostGateway {
  /** Its name in its group. */
  readonly id: string;
  /** The spec that it was made from. */
  readonly spec: GatewaySpec;
  /** What it reported about itself when it started. */
  readonly remote: RemoteInfo;
  /** Resolves with how it ended. */
  readonly closed: Promise<GatewayExit>;
}

/**
 * The loss of a gateway, or of the process of an isolated worker.
 *
 * @example
 * ```ts
 * import { Group, type MapLoss } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open([{ popen: true, output: "null" }, "popen"]);
 * const losses: MapLoss<number>[] = [];
 * const results = group.map([1, 2, 3], (n: number) => n === 2 ? Deno.exit(1) : n, {
 *   onLoss: (loss) => losses.push(loss),
 *   onError: "skip",
 *   respawn: true,
 * });
 * assertEquals(await Array.fromAsync(results), [1, 3]);
 * assertEquals([losses[0].items, losses[0].retried], [[2], 0]);
 * ```
 */
export interface MapLoss<Item = unknown> {
  /** The gateway. It may go on if the worker was isolated. */
  readonly gateway: LostGateway;
  /** Why it was lost. */
  readonly error: Error;
  /** The items that it had, and whose results were not received. */
  readonly items: readonly Item[];
  /** Number of these items that are run again. */
  readonly retried: number;
}

/**
 * Options of {@linkcode Group.map}.
 *
 * @example
 * ```ts
 * import { Group } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen", "popen"]);
 * const failed: string[] = [];
 * const results = group.map(["1", "x", "3"], (text: string) => BigInt(text), {
 *   onError: (error, item) => {
 *     failed.push(`${item}: ${error.name}`);
 *     return "skip";
 *   },
 * });
 * assertEquals(await Array.fromAsync(results), [1n, 3n]);
 * assertEquals(failed, ["x: SyntaxError"]);
 * ```
 */
export interface MapOptions<Item = unknown, Args = unknown> {
  /** The second argument of the function. It is sent once to each worker. Default `undefined`. */
  args?: Args;
  /** Number of items that each gateway runs at a time. Default 1. */
  concurrency?: number;
  /** Whether results are in the order of their items, rather than as they are ready. Default true. */
  ordered?: boolean;
  /** How often an item is run again after its gateway was lost. Default 0: it fails. */
  retries?: number;
  /**
   * What to do about an item that failed: `"stop"` (the default) ends the map with its error;
   * `"skip"` goes on without a result for it. A function gets the error and the item, and returns
   * which of the two (default `"skip"`); an error that it throws ends the map.
   */
  onError?:
    | MapDecision
    | ((
      error: Error,
      item: Item,
    ) => MapDecision | void | Promise<MapDecision | void>);
  /** Ends the map with the signal's reason when aborted, and cancels the items under way. */
  signal?: AbortSignal;
  /** Whether each worker has a process of its own. Default false. */
  isolate?: boolean;
  /** Whether to start a gateway with the same spec in place of one that is lost. Default false. */
  respawn?: boolean;
  /** Called when a gateway is lost, before its items are run again or fail. An error that it throws ends the map. */
  onLoss?: (loss: MapLoss<Item>) => void;
  /** Name in stacks, messages and the status. Default: the function's name, or `map`. */
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

/**
 * Checks the options of a map.
 *
 * @throws {TypeError} if an option is unknown, or of a wrong type.
 * @throws {RangeError} if a number is out of range.
 */
export function checkMapOptions(options: MapOptions<never>): void {
  checkOptions<MapOptions>("map", options as MapOptions, MAP_OPTIONS, closestString);
}
