/**
 * Carries a process for the initiator: what a gateway does for those behind it.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import type { ChannelCore } from "../channel/core.ts";
import type { RelayArgs, RelayReport } from "../protocol/relay_messages.ts";
import { clearTimer, setTimeout, type Timer } from "../protocol/taken.ts";
import { RelayFeed } from "./relay_feed.ts";

/** What a read takes at most; a pipe holds no more. */
const READ_BYTES = 64 * 1024;
/** So few are sent as a copy: many small reads would hold as many buffers until they are written. */
const COPIED_BYTES = READ_BYTES / 16;
/** One that the process left behind may hold its pipes open: so long after its end they are read. */
const LAST_BYTES_MS = 500;

/**
 * Starts a process and passes bytes on until it has ended. `channel` carries stdin and stdout.
 *
 * Where the initiator goes away, or closes the channel, the process is killed.
 */
export async function relay(
  channel: Channel,
  { command, guarded, env, side }: RelayArgs<Channel<Deno.Signal, RelayReport>>,
): Promise<void> {
  if (channel.signal.aborted) return side.close(); // closed right behind what asked for it
  const { state } = Deno.permissions.querySync({ name: "run", command: guarded[0] });
  const [program, ...args] = state === "granted" ? guarded : command;
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const kill = (signal: Deno.Signal) => {
    try {
      child.kill(signal);
    } catch { /* it has ended */ }
  };
  channel.signal.addEventListener("abort", () => kill("SIGKILL"));
  side.setCallback(kill);
  const core = coreOf(channel) as ChannelCore;
  const feed = new RelayFeed(child.stdin, (cost) => core.took(cost));
  core.consumeBytes((bytes, cost) => feed.push(bytes, cost), () => feed.end());
  const passed = Promise.allSettled([
    pass(child.stdout, core),
    pass(child.stderr, coreOf(side) as ChannelCore),
  ]);
  const { code, signal } = await child.status;
  let timer: Timer | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, LAST_BYTES_MS));
  await Promise.race([passed, late]);
  clearTimer(timer);
  await side.send(signal === null ? { code, signal } : { code: null, signal });
  side.close();
}

/** Sends all that comes, from the buffers that it was read into; those are used again. */
export async function pass(
  from: ReadableStream<Uint8Array>,
  to: Pick<ChannelCore, "sendBytes" | "sendOn">,
): Promise<void> {
  const free: ArrayBuffer[] = [];
  const reader = from.getReader({ mode: "byob" });
  for (;;) {
    const buffer = free.pop() ?? new ArrayBuffer(READ_BYTES);
    const { done, value } = await reader.read(new Uint8Array(buffer));
    if (done) return;
    const release = () => free.push(value.buffer);
    if (value.length > COPIED_BYTES) await to.sendBytes([value], release);
    else {
      const sent = to.sendOn(value);
      release();
      await sent;
    }
  }
}
