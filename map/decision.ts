/**
 * What a map does about an item that has failed.
 *
 * @module
 */

import type { MapDecision, MapOptions } from "./options.ts";

/** A value stands for the result. */
export type Decision = MapDecision | { value: unknown };

/** Returns what `onError` says. If it throws, the map stops with that error. */
export async function decisionOn<Item>(
  error: Error,
  item: Item,
  onError: NonNullable<MapOptions<Item>["onError"]>,
): Promise<{ decision: Decision; error: unknown }> {
  if (typeof onError !== "function") return { decision: onError, error };
  try {
    return { decision: await onError(error, item) ?? "skip", error };
  } catch (thrown) {
    return { decision: "stop", error: thrown };
  }
}
