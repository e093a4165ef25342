import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ChannelClosedError, ExecnetError, ProtocolError } from "../errors.ts";
import { assertInstanceOf } from "../tests/support/assert.ts";
import { FakeContext } from "../tests/support/fake_context.ts";
import { ChannelCore } from "./core.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ChannelRole } from "./state.ts";
import type { ChannelState } from "./state.ts";

/** Channel 1, and what it does to its connection. */
class Setup {
  readonly context = new FakeContext();
  readonly core: ChannelCore;
  readonly lifecycle: Lifecycle;

  constructor(role: ChannelRole = "plain") {
    this.core = new ChannelCore(this.context.binding, role);
    this.lifecycle = this.core.lifecycle;
  }

  /** The state, the frames that were sent since the last call, and whether the id is free. */
  get seen(): [ChannelState, string[], boolean] {
    const frames = this.context.scheduler.takeTypes();
    return [this.lifecycle.state, frames, this.context.released.length > 0];
  }
}

const ERROR = new RangeError("no");

type Step = "closeSend" | "receiveEnd" | "close" | "finish" | "closedByPeer" | "cancel" | "reset";
type Seen = [state: ChannelState, frames: string[], isReleased: boolean];

function go(lifecycle: Lifecycle, step: Step): void {
  if (step === "closedByPeer") lifecycle.closedByPeer(undefined);
  else if (step === "reset" || step === "cancel") lifecycle[step](ERROR);
  else lifecycle[step]();
}

/** What each step of a channel's life leads to, by what the channel belongs to. */
const LIVES: [role: ChannelRole, ...steps: [step: Step, seen: Seen][]][] = [
  ["plain", ["close", ["closing", ["CLOSE"], false]], ["closedByPeer", ["closed", [], true]]],
  ["plain", ["closedByPeer", ["closed", ["CLOSE"], true]]],
  ["plain", ["closeSend", ["localEnded", ["END"], false]], ["receiveEnd", [
    "closing",
    ["CLOSE"],
    false,
  ]]],
  ["plain", ["receiveEnd", ["peerEnded", [], false]], ["closeSend", [
    "closing",
    ["END", "CLOSE"],
    false,
  ]]],
  ["plain", ["closeSend", ["localEnded", ["END"], false]], ["close", [
    "closing",
    ["CLOSE"],
    false,
  ]]],
  ["plain", ["reset", ["closing", ["CLOSE"], false]], ["closedByPeer", ["closed", [], true]]],
  ["plain", ["close", ["closing", ["CLOSE"], false]], ["receiveEnd", ["closing", [], false]]],
  // The execution's end is not answered.
  ["execution", ["closedByPeer", ["closed", [], true]]],
  ["execution", ["close", ["closing", ["CLOSE"], false]], ["closedByPeer", ["closed", [], true]]],
  // Both have ended sending: the execution goes on.
  ["execution", ["closeSend", ["localEnded", ["END"], false]], ["receiveEnd", [
    "bothEnded",
    [],
    false,
  ]]],
  ["running", ["finish", ["closing", ["CLOSE"], false]]],
  ["running", ["cancel", ["cancelled", [], false]], ["finish", ["closing", ["CLOSE"], false]]],
  ["running", ["cancel", ["cancelled", [], false]], ["receiveEnd", ["cancelled", [], false]]],
  ["running", ["cancel", ["cancelled", [], false]], ["closedByPeer", ["peerClosed", [], false]]],
  ["running", ["closedByPeer", ["peerClosed", [], false]], ["cancel", ["peerClosed", [], false]]],
  ["running", ["reset", ["closed", ["CLOSE"], true]], ["finish", ["closed", [], true]]],
  ["running", ["receiveEnd", ["peerEnded", [], false]], ["closeSend", [
    "bothEnded",
    ["END"],
    false,
  ]]],
];

for (const [role, ...steps] of LIVES) {
  const names = steps.map(([step]) => step).join(", then ");
  const [, [last]] = steps[steps.length - 1];
  Deno.test(`Lifecycle of a ${role} channel: ${names} leads to ${last}`, () => {
    const it = new Setup(role);
    for (const [step, seen] of steps) {
      go(it.lifecycle, step);
      assertEquals(it.seen, seen, step);
    }
  });
}

Deno.test("Lifecycle frees the id of a finished execution once its close was written", async () => {
  const it = new Setup("running");
  it.context.scheduler.isHeld = true;
  it.lifecycle.finish();
  assertEquals(it.seen, ["closing", [], false]);
  it.context.scheduler.run();
  await it.lifecycle.whenClosed();
  assertEquals(it.seen, ["closed", ["CLOSE"], true]);
});

Deno.test("Lifecycle.close() and closeSend() do nothing again, nor after a close", () => {
  const it = new Setup();
  it.lifecycle.closeSend();
  it.lifecycle.closeSend();
  it.lifecycle.close();
  it.lifecycle.close(ERROR);
  it.lifecycle.closeSend();
  it.lifecycle.reset(ERROR);
  assertEquals(it.seen, ["closing", ["END", "CLOSE"], false]);
});

Deno.test("Lifecycle.close() inside the execution is refused", () => {
  const it = new Setup("running");
  assertThrows(() => it.lifecycle.close(), ExecnetError, "from inside it");
  assertEquals(it.seen, ["open", [], false]);
});

for (const step of ["receiveEnd", "closedByPeer"] as const) {
  Deno.test(`Lifecycle takes a second ${step} for a breach of the protocol`, () => {
    const it = new Setup("running");
    go(it.lifecycle, step);
    assertThrows(() => go(it.lifecycle, step), ProtocolError, "on channel 1");
  });
}

Deno.test("Lifecycle tells listeners and its signal once, at the first end", () => {
  const it = new Setup();
  const ends: string[] = [];
  it.lifecycle.onEnd(() => ends.push("listener"));
  it.lifecycle.signal.addEventListener("abort", () => ends.push("signal"));
  it.lifecycle.close();
  it.lifecycle.closedByPeer(undefined);
  it.core.lose(ERROR);
  it.lifecycle.onEnd(() => ends.push("late"));
  assertEquals(ends.sort(), ["late", "listener", "signal"]);
});

Deno.test("Lifecycle.signal of a channel that has closed is aborted, with why", () => {
  const it = new Setup();
  it.lifecycle.close();
  assertEquals(it.lifecycle.signal.aborted, true);
  assertInstanceOf(it.lifecycle.signal.reason, ChannelClosedError);
});

Deno.test("Lifecycle keeps the error that the peer closes with", async () => {
  const it = new Setup();
  it.lifecycle.closedByPeer(ERROR);
  assertEquals(it.core.outcome.failure, ERROR);
  assertEquals(await assertRejects(() => it.core.waitClose()), ERROR);
});

Deno.test("Lifecycle takes the peer's answer to a close for no failure, unless it is another error", () => {
  const [answered, failed] = [new Setup(), new Setup()];
  answered.lifecycle.close();
  answered.lifecycle.closedByPeer(new ChannelClosedError("cancelled"));
  assertEquals(answered.core.outcome.failure, undefined);
  failed.lifecycle.close();
  failed.lifecycle.closedByPeer(ERROR);
  assertEquals(failed.core.outcome.failure, ERROR);
});

Deno.test("Lifecycle fails with the connection, in whatever state", async () => {
  for (const steps of [[], ["closeSend"], ["close"], ["closedByPeer"]] as const) {
    const it = new Setup("running");
    for (const step of steps) if (step !== "close") go(it.lifecycle, step);
    it.core.lose(ERROR);
    assertEquals(it.lifecycle.state, "closed");
    assertEquals(await assertRejects(() => it.core.waitClose()), ERROR);
  }
});

Deno.test("Lifecycle closes with what a callback threw; a running execution is reset", () => {
  for (const role of ["plain", "running"] as const) {
    const it = new Setup(role);
    it.lifecycle.callbackFailed(ERROR);
    assertEquals(it.core.outcome.failure, ERROR);
    const [{ type, payload }] = it.context.scheduler.frames;
    const error = it.context.codec.decode(payload) as Error;
    assertEquals([type, error.message], ["CLOSE", "no"]);
  }
});
