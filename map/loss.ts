/**
 * Errors of a map that has lost gateways.
 *
 * @module
 */

import { GatewayClosedError } from "../errors.ts";
import type { MapGateway } from "./host.ts";
import type { Entry } from "./item_state.ts";

/** Returns the error of an item that was lost, and has no retries left. */
export function lossError(
  { index, losses }: Entry<unknown>,
  gateway: MapGateway,
  cause: Error,
  retries: number,
): Error {
  const times = losses === 1 ? "" : `, for the ${ordinal(losses)} time`;
  return new GatewayClosedError(
    `the item at index ${index} was lost with gateway ${gateway.id}${times}, and is not run again ` +
      `(retries: ${retries}): ${cause.message}`,
    { cause },
  );
}

/** Returns the error of a map that has had more losses than it may. */
export function tooManyLossesError(losses: number, maxLosses: number, cause: Error): Error {
  return new GatewayClosedError(
    `the map ends with the ${ordinal(losses)} loss of a gateway or isolated process ` +
      `(maxLosses: ${maxLosses}): ${cause.message}`,
    { cause },
  );
}

/**
 * Returns the error of a map that has no gateway left.
 *
 * @param left Indices of the items that were taken and not done.
 * @param isAllTaken Whether the source has no more items.
 * @param cause The last loss; undefined if there never was a gateway.
 * @param fruitless The number of starts after which no other was tried.
 */
export function noGatewayError(
  left: readonly number[],
  isAllTaken: boolean,
  cause: Error | undefined,
  fruitless: number | undefined,
): Error {
  if (cause === undefined) {
    return new GatewayClosedError("cannot run the map: the group has no gateway");
  }
  const why = fruitless === undefined
    ? ""
    : ` (${fruitless} in a row were started and lost without any result)`;
  const items = left.length === 1 ? "1 item was" : `${left.length} items were`;
  const shown = left.slice(0, 3).join(", ") + (left.length > 3 ? ", …" : "");
  const undone = [
    ...(left.length > 0 ? [`${items} taken and not done (index ${shown})`] : []),
    ...(isAllTaken ? [] : ["what follows was not taken"]),
  ];
  return new GatewayClosedError(
    `cannot go on with the map, as no gateway is left${why}: ${
      undone.join(", ")
    }. The last loss: ` +
      cause.message,
    { cause },
  );
}

function ordinal(n: number): string {
  return `${n}${["th", "st", "nd", "rd"][n < 20 ? n : n % 10] ?? "th"}`;
}
