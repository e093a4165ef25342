/**
 * Runs compiled code in the way of its kind.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { ProtocolError } from "../errors.ts";
import type { ExecKind } from "../protocol/control.ts";
import { readMapArgs } from "../protocol/map_request.ts";
import type { Runnable } from "./compile.ts";
import { MapLane } from "./map_lane.ts";
import { rejectionsReported } from "./rejections.ts";

/** Runs code until its execution has ended: a promise that it has forgotten may fail it until then. */
export async function run(
  kind: ExecKind,
  runnable: Runnable,
  channel: Channel,
  args: unknown,
): Promise<void> {
  const result = await resultOf(kind, runnable, channel, args);
  await rejectionsReported();
  // It is not waited for: so the close leaves in the same write.
  if (kind === "call") return coreOf(channel).sendOn(result);
}

/** Runs code until it has returned; only a call has a result. */
async function resultOf(
  kind: ExecKind,
  runnable: Runnable,
  channel: Channel,
  args: unknown,
): Promise<unknown> {
  switch (kind) {
    case "source":
    case "relay":
      return await runnable(channel, args);
    case "module": {
      const main = await runnable(channel, args);
      return typeof main === "function" && await sendYielded(channel, main(channel, args));
    }
    case "function":
      return await sendYielded(channel, runnable(channel, args));
    case "call":
      if (!Array.isArray(args)) throw new ProtocolError("the arguments of a call are not a list");
      return await runnable(...args);
    case "map":
      return await runMap(channel, runnable() as Runnable, args);
  }
}

/** Runs a map: on its own channel, and on those that it has got besides. */
async function runMap(channel: Channel, fn: Runnable, item: unknown): Promise<void> {
  const [args, { lanes, timeout }] = readMapArgs(item);
  const all = [channel, ...lanes as Channel[]].map((own) => new MapLane(own, fn, args, timeout));
  // If the gateway is to end, only the execution's own channel says so.
  const { signal } = channel;
  const stop = () => all.forEach((lane) => lane.stop(signal.reason));
  if (signal.aborted) stop();
  else signal.addEventListener("abort", stop);
  const running = all.map((lane) => lane.run());
  await Promise.allSettled(running);
  await Promise.all(running);
}

/** Returns the text of the code from the first item, which is the text, or a channel that it follows on. */
export async function textOf(item: unknown): Promise<string> {
  if (typeof item === "string") return item;
  const supply = typeof item === "object" && item !== null && coreOf(item) !== undefined
    ? item as Channel
    : undefined;
  const text = await supply?.receive();
  supply?.close();
  if (typeof text === "string") return text;
  throw new ProtocolError("the code to run is not text");
}

/** Waits for the end of a function. If it is a generator, sends what it yields. */
async function sendYielded(channel: Channel, result: unknown): Promise<void> {
  if (!isAsyncIterable(result)) {
    await result;
    return;
  }
  const iterator = result[Symbol.asyncIterator]();
  channel.signal.addEventListener("abort", () => void iterator.return?.()?.catch(() => {}));
  const items = { [Symbol.asyncIterator]: () => iterator };
  for await (const item of items) await channel.send(item);
  channel.signal.throwIfAborted(); // it was told to return, and may have had more
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === "object" && value !== null && Symbol.asyncIterator in value;
}
