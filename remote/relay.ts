/**
 * Runs a process for the initiator: what a gateway does for those behind it.
 *
 * @module
 */

import { type Channel, coreOf } from "../channel/channel.ts";
import { consumeBytes } from "../channel/consumers.ts";
import { endOf } from "../internal/child_end.ts";
import { signalGroup } from "../internal/signal.ts";
import { clearTimer, setTimeout, type Timer } from "../internal/timers.ts";
import type { RelayArgs, RelayReport } from "../protocol/relay_messages.ts";
import { RelayFeed } from "./relay_feed.ts";
import { RelayOutput } from "./relay_output.ts";

/** From the end of stdin to SIGTERM: a gateway has a second then, and some time for the way. */
const RELAYED_GRACE_MS = 1_300;
/** From SIGTERM to SIGKILL. */
const TERM_GRACE_MS = 500;
/** Bounds the time that a relayed process takes to end once the initiator is gone. */
export const RELAY_END_MS: number = RELAYED_GRACE_MS + TERM_GRACE_MS + 100;

/**
 * Starts a process and passes bytes on until it has ended: those of `channel` to its stdin, and those
 * of its stdout to `channel`. If the initiator closes the channel, or is gone, its stdin ends; later it
 * gets SIGTERM, a side process at once, and SIGKILL.
 */
export async function relay(
  channel: Channel,
  { command, guarded, isSide, env, side }: RelayArgs<Channel<"SIGTERM" | "SIGKILL", RelayReport>>,
): Promise<void> {
  if (channel.signal.aborted) return coreOf(side).lifecycle.closeInOrder(); // closed right after the request
  const { state } = Deno.permissions.querySync({ name: "run", command: guarded[0] });
  const isGuarded = state === "granted";
  const [program, ...args] = isGuarded ? guarded : command;
  const leads = isSide && isGuarded;
  const child = new Deno.Command(program, {
    args,
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: leads,
  }).spawn();
  const kill = (signal: "SIGTERM" | "SIGKILL") => {
    if (leads) return signalGroup(child, signal);
    try {
      child.kill(signal);
    } catch { /* it has ended */ }
  };
  let timer: Timer | undefined;
  channel.signal.addEventListener("abort", () => {
    const end = () => {
      kill("SIGTERM");
      timer = setTimeout(() => kill("SIGKILL"), TERM_GRACE_MS);
    };
    if (isSide) end();
    else timer = setTimeout(end, RELAYED_GRACE_MS);
  });
  side.setCallback(kill);
  const core = coreOf(channel);
  const feed = new RelayFeed(child.stdin, (cost) => core.received.items.consumed(cost));
  consumeBytes(core, (bytes, cost) => feed.push(bytes, cost), () => feed.end());
  const outputs = [
    new RelayOutput(child.stdout, core),
    new RelayOutput(child.stderr, coreOf(side)),
  ];
  const passed = Promise.allSettled(outputs.map((output) => output.pass()));
  const end = await endOf(child);
  clearTimer(timer);
  if (leads) kill("SIGKILL"); // what it has left behind
  for (const output of outputs) output.processEnded();
  await passed;
  await side.send(end);
  coreOf(side).lifecycle.closeInOrder();
}
