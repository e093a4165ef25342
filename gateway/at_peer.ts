/**
 * Types of values as the other side sees them.
 *
 * @module
 */

import type { Channel } from "../channel/channel.ts";

/**
 * The type `T` with the other end in place of each channel: what one side sends, the other receives.
 * Looks into objects and arrays, to a depth of four.
 */
export type Flipped<T, Depth extends unknown[] = [0, 1, 2, 3]> = Depth extends
  [unknown, ...infer Less] ? (
    T extends Channel<infer Receive, infer Send> ? Channel<Send, Receive>
      // These have no channels to look for.
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
 * The type of an argument on this side for a parameter of type `T` on the other: a
 * `Channel<string, number>` for a `Channel<number, string>`. It is `never` if there is no channel in
 * `T`, since the argument is of type `T` itself then.
 *
 * @example
 * ```ts
 * import { type Channel, makeGateway } from "@x/execnet";
 * import { assertEquals } from "@std/assert";
 *
 * await using gw = await makeGateway();
 * const numbers = gw.newChannel<number>(); // receives what the far side sends
 * await gw.call((numbers: Channel<unknown, number>) => numbers.send(42), numbers);
 * assertEquals(await numbers.receive(), 42);
 * ```
 */
export type AtPeer<T> = [Flipped<T>] extends [T] ? never : NoInfer<Flipped<T>>;
