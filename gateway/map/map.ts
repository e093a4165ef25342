/**
 * `Group.map`: a function over many items, on many gateways.
 *
 * @module
 */

import type { Code } from "../../code/code.ts";
import { functionCode } from "../../code/function/function.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import { checkMapOptions, type Items, type MapFunction, type MapOptions } from "../map_options.ts";
import type { MapGroup } from "./pool.ts";
import { MapRun } from "./run.ts";
import { checkItems } from "./source.ts";

/** The group that a map is called on. */
export interface MapHost extends Omit<MapGroup, "execute"> {
  /** The call of the user, for the stacks of errors. */
  from: Code["from"];
}

/**
 * Makes a map. Its workers start when the first result is asked for.
 *
 * @throws {ImpureFunctionError} if the function is not pure.
 */
export function startMap<Item, Args, Result>(
  { from, gateways, starter }: MapHost,
  items: Items<Item>,
  fn: MapFunction<Item, Args, Result>,
  options: MapOptions<Item, Args>,
): AsyncIterableIterator<Awaited<Result>, undefined> {
  checkItems(items);
  checkMapOptions(options as MapOptions<never>);
  const { args, isolate, name } = options;
  const code: Code = functionCode(fn, "map", name, from);
  const execute = (gateway: Gateway) => coreOf(gateway).execute(code, args, { isolate });
  return new MapRun({ gateways, starter, execute }, items, options as MapOptions<Item, never>);
}
