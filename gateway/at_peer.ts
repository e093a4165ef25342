/**
 * The types of channels as the other side sees them.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";

/**
 * `T` with each channel in it, in objects and arrays to a depth of four, as its other end: what one
 * side sends, the other receives.
 */
export type Flipped<T, Depth extends unknown[] = [0, 1, 2, 3]> = Depth extends
  [unknown, ...infer Less] ? (
    T extends Channel<infer Receive, infer Send> ? Channel<Send, Receive>
      // Not looked into.
      : T extends
        | ((...args: never[]) => unknown)
        | Date
        | RegExp
        | URL
        | Error
        | ArrayBuffer
        | ArrayBufferView
        | ReadonlyMap<unknown, unknown>
        | ReadonlySet<unknown> ? T
      : T extends object ? { [Key in keyof T]: Flipped<T[Key], Less> }
      : T
  )
  : T;

/**
 * What is given on this side for a parameter of type `T` on the other: a `Channel<string, number>`
 * for a `Channel<number, string>`. `never` where no channel is in it: nothing else than `T` then.
 */
export type AtPeer<T> = [Flipped<T>] extends [T] ? never : NoInfer<Flipped<T>>;
