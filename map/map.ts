/**
 * `Group.map`: a function over many items, on many gateways.
 *
 * @module
 */

import type { Code } from "../code/code.ts";
import { functionCode, hasTools } from "../code/loaded.ts";
import type { Items, MapFunction } from "./function.ts";
import type { MapGateway, MapHost } from "./host.ts";
import { checkMapOptions, type MapArguments, type MapOptions, type MapResults } from "./options.ts";
import { checkItems } from "./source.ts";

/**
 * Makes a map. Its workers start when the first result is asked for.
 *
 * @throws {ImpureFunctionError} if the function is not pure.
 */
export function startMap<
  Gateway extends MapGateway,
  Item,
  Args,
  Result,
  Value,
  Entries extends boolean,
>(
  host: MapHost<Gateway>,
  items: Items<Item>,
  fn: MapFunction<Item, Args, Result>,
  [options = {}]: MapArguments<Item, Args, Value, Entries>,
): MapResults<Awaited<Result> | Value, Entries> {
  checkItems(items);
  checkMapOptions(options as MapOptions<never>);
  const { args, isolate, itemTimeout, name } = options;
  let made: Code | undefined;
  const code = () => made ??= functionCode(fn, "map", name, host.from);
  // Before any gateway was up, it cannot be read yet: the first worker finds out.
  if (hasTools()) code();
  const task = {
    execute: (gateway: MapGateway, args: unknown) =>
      host.execute(gateway as Gateway, code(), args, isolate),
    args,
    itemTimeout,
  };
  const load = async () => {
    const { MapRun } = await import("./run.ts");
    return new MapRun<Item, unknown>(host, task, items, options as MapOptions<Item, never>);
  };
  return new LateRun(() => host.begin(), load) as never;
}

type Step = IteratorResult<unknown, undefined>;
type Run = AsyncIterableIterator<unknown, undefined> & { return(): Promise<Step> };

/** A run that is loaded when its first result is asked for: few programs have a map. */
class LateRun implements AsyncIterableIterator<unknown, undefined> {
  readonly #begin: () => Disposable;
  readonly #load: () => Promise<Run>;
  #loading: Promise<Run> | undefined;
  #run: Run | undefined;

  /** @param begin See {@linkcode MapHost.begin}: the map has begun, even while it is loaded. */
  constructor(begin: () => Disposable, load: () => Promise<Run>) {
    this.#begin = begin;
    this.#load = load;
  }

  next(): Promise<Step> {
    return this.#run?.next() ?? this.#firstNext();
  }

  async return(): Promise<Step> {
    return await (await this.#loaded()).return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #firstNext(): Promise<Step> {
    let next: Promise<Step>;
    {
      using _begun = this.#begin();
      next = (await this.#loaded()).next();
    }
    return await next;
  }

  async #loaded(): Promise<Run> {
    return this.#run = await (this.#loading ??= this.#load());
  }
}
