/**
 * The two directions of a channel as web streams.
 *
 * @module
 */

import type { ChannelCore } from "./core.ts";
import { failureOf } from "./outcome.ts";

/** Queues nothing in the stream: the window of the channel is the buffer. */
const UNBUFFERED = { highWaterMark: 0 };

/** Returns a stream of the items that are received. */
export function readableOf<T>(core: ChannelCore): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await core.received.next();
      if (done) controller.close();
      else controller.enqueue(value as T);
    },
    cancel(reason) {
      // An execution goes on, and may send.
      if (!core.lifecycle.isRunning) core.lifecycle.close(reason);
    },
  }, UNBUFFERED);
}

/** Returns a stream whose chunks are sent as items. */
export function writableOf<T>(core: ChannelCore): WritableStream<T> {
  return new WritableStream<T>({
    write: (item) => core.send(item),
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
