/**
 * The items of a map, and the function that it runs over them.
 *
 * @module
 */

import type { ChannelGateway } from "../channel/channel.ts";

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
 * The third argument of the function of a map: the item's run on the far side.
 *
 * @example
 * ```ts
 * import { Group, type MapContext } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using group = await Group.open(["popen//id=a"]);
 * const where = (item: string, _args: unknown, { index, gateway }: MapContext) =>
 *   `${item} is item ${index} on ${gateway.id}`;
 * assertEquals(await Array.fromAsync(group.map(["x"], where)), ["x is item 0 on a"]);
 * ```
 */
export interface MapContext {
  /**
   * Aborted when the item is to stop: the map was aborted or left, its gateway is asked to end, or the
   * item has used up its `itemTimeout`.
   */
  readonly signal: AbortSignal;
  /** The index of the item in the source, from 0. */
  readonly index: number;
  /** The gateway, as `channel.gateway` has it in other code: with `id` and `newChannel()`. */
  readonly gateway: ChannelGateway;
}

/**
 * A function that can be sent: of an item, of arguments that are the same for all items, and of the
 * context of the item.
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
export type MapFunction<Item, Args, Result> = (
  item: Item,
  args: Args,
  context: MapContext,
) => Result;
