/**
 * `Group.map`: a function over many items, on many gateways.
 *
 * @module
 */

import type { Code } from "../code/code.ts";
import { functionCode, hasTools } from "../code/loaded.ts";
import type { MapGateway, MapHost } from "./host.ts";
import { checkMapOptions, type Items, type MapFunction, type MapOptions } from "./options.ts";
import { MapRun } from "./run.ts";
import { checkItems } from "./source.ts";

/**
 * Makes a map. Its workers start when the first result is asked for.
 *
 * @throws {ImpureFunctionError} if the function is not pure.
 */
export function startMap<Gateway extends MapGateway, Item, Args, Result>(
  host: MapHost<Gateway>,
  items: Items<Item>,
  fn: MapFunction<Item, Args, Result>,
  options: MapOptions<Item, Args>,
): AsyncIterableIterator<Awaited<Result>, undefined> {
  checkItems(items);
  checkMapOptions(options as MapOptions<never>);
  const { args, isolate, name } = options;
  let made: Code | undefined;
  const code = () => made ??= functionCode(fn, "map", name, host.from);
  // Before any gateway was up, it cannot be read yet: the first worker finds out.
  if (hasTools()) code();
  const execute = (gateway: Gateway) => host.execute(gateway, code(), args, isolate);
  return new MapRun({ host, execute }, items, options as MapOptions<Item, never>);
}
