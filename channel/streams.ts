/**
 * A channel's two halves as web streams.
 *
 * @module
 */

import type { ChannelCore } from "./core.ts";

/** Queues nothing itself: the channel's window is the buffer. */
const UNBUFFERED = { highWaterMark: 0 };

/** What the channel receives. */
export function readableOf<T>(core: ChannelCore): ReadableStream<T> {
  return new ReadableStream<T>({
    async pull(controller) {
      const { value, done } = await core.received.next();
      if (done) controller.close();
      else controller.enqueue(value as T);
    },
    cancel(reason) {
      core.lifecycle.cancelReading(reason);
    },
  }, UNBUFFERED);
}

/** What the channel sends. */
export function writableOf<T>(core: ChannelCore): WritableStream<T> {
  return new WritableStream<T>({
    write: (item) => core.send(item),
    close: () => core.lifecycle.closeSend(),
    abort: (reason) => core.lifecycle.abortWriting(reason),
  });
}
