/**
 * `Group.map`: a function over many items, on many gateways.
 *
 * @module
 */

import type { Code } from "../../code/code.ts";
import { functionCode } from "../../code/function/function.ts";
import type { ExecOptions } from "../exec_options.ts";
import { coreOf, type Gateway } from "../gateway.ts";
import type { MapGroup } from "./pool.ts";
import { checkMapOptions, type Items, type MapFunction, type MapOptions } from "../map_options.ts";
import { MapRun } from "./run.ts";
import { checkItems } from "./source.ts";

/** What a map needs of its group. */
export interface MapHost extends Omit<MapGroup, "execute"> {
  /** The call of the user, for the stacks of errors. */
  from: Code["from"];
}

/**
 * Begins a map; its workers start when somebody asks for a result.
 *
 * @throws {ImpureFunctionError} when the function is not pure.
 */
export function startMap<Item, Args, Result>(
  host: MapHost,
  items: Items<Item>,
  fn: MapFunction<Item, Args, Result>,
  options: MapOptions<Item, Args>,
): AsyncIterableIterator<Awaited<Result>, undefined> {
  checkItems(items);
  checkMapOptions(options as MapOptions<never>);
  const { args, isolate, name } = options;
  const code: Code = { ...functionCode(fn, "map", name), from: host.from };
  const exec: ExecOptions = { isolate };
  const execute = (gateway: Gateway) => coreOf(gateway).execute(code, args, exec);
  return new MapRun({ ...host, execute }, items, options as MapOptions<Item, never>);
}
