/**
 * The answer of a worker of a map to the lists of items that it is sent.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** The results of the first items without an answer, in the order in which they were sent. */
export interface MapAnswer {
  /** Milliseconds that the worker spent on them. */
  ms: number;
  /** The result of each item; `undefined` for one that failed. */
  results: unknown[];
  /** The errors of the items that failed, by their index in `results`. */
  failures?: Map<number, Error>;
  /**
   * Items that the worker has not begun and will not begin: a range of indices, without its end. Index
   * 0 is the first item that was ever sent.
   */
  back?: [from: number, to: number];
  /** That the first item without an answer has begun. Sent if items have a time limit. */
  begun?: boolean;
  /** That the only item of `results` took longer than it may. */
  late?: boolean;
}

/**
 * Checks a received {@linkcode MapAnswer}.
 *
 * @throws {ProtocolError} if `item` is not one.
 */
export function readMapAnswer(item: unknown): MapAnswer {
  const { ms, results, failures = new Map(), back, begun, late } = Object(item) as Partial<
    MapAnswer
  >;
  const isSound = typeof ms === "number" && Array.isArray(results) &&
    failures instanceof Map &&
    Array.from(failures).every(([index, error]) =>
      Number.isInteger(index) && index in results && error instanceof Error
    ) &&
    (back === undefined ||
      (Array.isArray(back) && back.length === 2 && back.every(Number.isSafeInteger)));
  if (!isSound) throw new ProtocolError("a worker of a map sent a malformed answer");
  return { ms, results, failures, back, begun: begun === true, late: late === true };
}
