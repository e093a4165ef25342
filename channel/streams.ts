/**
 * The two directions of a channel as web streams.
 *
 * @module
 */

import type { ChannelCore } from "./core.ts";
import { failureOf } from "./outcome.ts";

/** Queues nothing in the stream: the window of the channel is the buffer. */
const UNBUFFERED = { highWaterMark: 0 };

/**
 * Returns a stream of the items that are received.
 *
 * @param next Receives the next item. It keeps the channel, for whoever has the stream.
 */
export function readableOf<T>(
  core: ChannelCore,
  next: () => Promise<IteratorResult<unknown, undefined>>,
): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await next();
      if (done) controller.close();
      else controller.enqueue(value as T);
    },
    cancel(reason) {
      // An execution goes on, and may send.
      if (!core.lifecycle.isRunning) core.lifecycle.close(reason);
    },
  }, UNBUFFERED);
}

/**
 * Returns a stream whose chunks are sent as items.
 *
 * @param send Sends an item. It keeps the channel, for whoever has the stream.
 */
export function writableOf<T>(
  core: ChannelCore,
  send: (item: T) => Promise<void>,
): WritableStream<T> {
  return new WritableStream<T>({
    write: send,
    close: () => core.lifecycle.closeSend(),
    abort(reason) {
      const { lifecycle } = core;
      if (!lifecycle.isRunning) lifecycle.close(reason);
      // The execution has failed with its writable.
      else if (!lifecycle.isClosed) {
        lifecycle.finish(failureOf(reason ?? "its writable was aborted"));
      }
    },
  });
}
