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
  MILLISECONDS,
  type OptionRule,
  type OptionRules,
  SIGNAL,
  TEXT,
} from "../internal/arguments.ts";
import type { MapLoss } from "./lost_gateway.ts";

/** What to do about an item that failed: end the map, or go on without a result for it. */
export type MapDecision = "stop" | "skip";

/**
 * How far a map is.
 *
 * @example
 * ```ts
 * import { Group, type MapProgress } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen", "popen"]);
 * const seen: MapProgress[] = [];
 * const results = group.map([1, 2, 3], (n: number) => n, { onProgress: (now) => seen.push(now) });
 * await Array.fromAsync(results);
 * const { done, failed, running, total } = seen[seen.length - 1];
 * assertEquals([done, failed, running, total], [3, 0, 0, 3]);
 * ```
 */
export interface MapProgress {
  /** Number of items that have a result. */
  readonly done: number;
  /** Number of items that have failed for good. */
  readonly failed: number;
  /** Number of items that the workers have. */
  readonly running: number;
  /** Number of all items; undefined until it is known: an array says so at once, a stream at its end. */
  readonly total?: number;
  /** Items that were done or have failed, per second since the map began. */
  readonly perSecond: number;
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
export interface MapOptions<
  Item = unknown,
  Args = unknown,
  Value = unknown,
  Entries extends boolean = boolean,
> {
  /**
   * The second argument of the function. It is sent once to each gateway, or to each worker that is
   * isolated. Default `undefined`.
   */
  args?: Args;
  /** Number of items that each gateway runs at a time. Default 1. */
  concurrency?: number;
  /** Whether results are in the order of their items, rather than as they are ready. Default true. */
  ordered?: boolean;
  /**
   * Whether to yield `[index, result]` in place of the result; the index is that of the item in the
   * source. Default false.
   */
  entries?: Entries;
  /**
   * Milliseconds that an item may take, each time. Then its signal is aborted, and it fails with a
   * {@linkcode TimeoutError}. If the worker is isolated, its process is ended, and another takes its
   * place; otherwise a function that ignores the signal goes on, and one in a busy loop blocks its
   * gateway. Default: no limit.
   */
  itemTimeout?: number;
  /** How often an item is run again after its gateway was lost. Default 0: it fails. */
  retries?: number;
  /** How often an item is run again after the function threw, or was out of time. Default 0. */
  retryErrors?: number;
  /**
   * What to do about an item that failed: `"stop"` (the default) ends the map with its error;
   * `"skip"` goes on without a result for it. A function gets the error and the item, and returns
   * which of the two (default `"skip"`), or `{ value }` to stand for the result; an error that it
   * throws ends the map.
   */
  onError?:
    | MapDecision
    | ((
      error: Error,
      item: Item,
    ) =>
      | MapDecision
      | { value: Value }
      | void
      | Promise<MapDecision | { value: Value } | void>);
  /**
   * Ends the map with the signal's reason when aborted. The items under way see it by their own
   * signal; processes of isolated workers are ended.
   */
  signal?: AbortSignal;
  /** Whether each worker has a process of its own. Default false. */
  isolate?: boolean;
  /** Whether to start a gateway with the same spec in place of one that is lost. Default false. */
  respawn?: boolean;
  /**
   * Number of lost gateways and isolated processes that the map survives. Default: no limit while
   * `respawn` or another gateway can go on. It cannot after 20 starts in a row (or as many as there
   * are workers, if that is more) that were lost again before any item was done or has failed.
   */
  maxLosses?: number;
  /** Called when a gateway is lost, before its items are run again or fail. An error that it throws ends the map. */
  onLoss?: (loss: MapLoss<Item>) => void;
  /** Called each time that results have arrived, or items failed. An error that it throws ends the map. */
  onProgress?: (progress: MapProgress) => void;
  /** Name in stacks, messages and the status. Default: the function's name, or `map`. */
  name?: string;
}

/**
 * The last parameter of {@linkcode Group.map}: it may be left out if the function needs no `args`.
 *
 * @example
 * ```ts
 * import type { MapArguments } from "@x/execnet";
 *
 * const none: MapArguments<number, undefined, never, false> = [];
 * const some: MapArguments<number, string, never, false> = [{ args: "needed" }];
 * ```
 */
export type MapArguments<Item, Args, Value, Entries extends boolean> = undefined extends Args
  ? [options?: MapOptions<Item, Args, Value, Entries>]
  : [options: MapOptions<Item, Args, Value, Entries> & { args: Args }];

/**
 * What {@linkcode Group.map} returns: the results, or `[index, result]` with `entries`.
 *
 * @example
 * ```ts
 * import { Group, type MapResults } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen"]);
 * const double = (n: number) => n * 2;
 * const entries: MapResults<number, true> = group.map([4], double, { entries: true });
 * assertEquals(await Array.fromAsync(entries), [[0, 8]]);
 * ```
 */
export type MapResults<Result, Entries extends boolean> = AsyncIterableIterator<
  Entries extends true ? [index: number, result: Result] : Result,
  undefined
>;

const MAP_OPTIONS: OptionRules<MapOptions> = {
  args: ANYTHING,
  concurrency: wholeNumber(1),
  ordered: BOOLEAN,
  entries: BOOLEAN,
  itemTimeout: MILLISECONDS,
  retries: wholeNumber(0, Infinity),
  retryErrors: wholeNumber(0, Infinity),
  onError: {
    wanted: '"stop", "skip" or a function',
    isRight: (value) => value === "stop" || value === "skip" || typeof value === "function",
  },
  signal: SIGNAL,
  isolate: BOOLEAN,
  respawn: BOOLEAN,
  maxLosses: wholeNumber(0, Infinity),
  onLoss: FUNCTION,
  onProgress: FUNCTION,
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
