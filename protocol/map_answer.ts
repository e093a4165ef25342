/**
 * What a worker of a map sends back. Its initiator sends lists of items.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** Results of the first items that have none yet, in the order in which they were sent. */
export interface MapAnswer {
  /** Milliseconds that the worker had for them. */
  ms: number;
  /** A result for each, `undefined` for one that failed. */
  results: unknown[];
  /** The errors of those that failed, by their index in `results`. */
  failures?: Map<number, Error>;
  /**
   * Items that were not begun, and will not be: from the one to before the other, as counted since
   * the first that was sent.
   */
  back?: [from: number, to: number];
}

/** @throws {ProtocolError} when `item` is no {@linkcode MapAnswer}. */
export function readMapAnswer(item: unknown): MapAnswer {
  const { ms, results, failures = new Map(), back } = Object(item) as Partial<MapAnswer>;
  const isSound = typeof ms === "number" && Array.isArray(results) &&
    failures instanceof Map &&
    Array.from(failures).every(([index, error]) =>
      Number.isInteger(index) && index in results && error instanceof Error
    ) &&
    (back === undefined ||
      (Array.isArray(back) && back.length === 2 && back.every(Number.isSafeInteger)));
  if (!isSound) throw new ProtocolError("a worker of a map answered with what is no answer");
  return { ms, results, failures, back };
}
