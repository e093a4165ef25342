import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ChannelClosedError, ProtocolError, SerializationError, TimeoutError } from "../errors.ts";
import { FakeContext } from "../tests/support/fake_context.ts";
import { ChannelCore } from "./core.ts";
import { ErrorCompletion } from "./error_completion.ts";
import type { ChannelRole } from "./state.ts";

/** Channel 1 on a connection that records. */
function setUp(role: ChannelRole = "plain") {
  const context = new FakeContext();
  return { context, core: new ChannelCore(context.binding, role) };
}

/** A frame with the whole of the item 7. */
const SEVEN = { type: "item", channel: 1, total: 1, bytes: Uint8Array.of(7), cost: 10 } as const;

Deno.test("ChannelCore sends while its state allows it, and rejects or does nothing after", async () => {
  const { core, context } = setUp();
  await core.send(1);
  core.sendOn(2);
  core.sendBytes([Uint8Array.of(3)], () => {});
  core.lifecycle.receiveEnd();
  await core.send(4);
  assertEquals(context.scheduler.takeTypes(), ["ITEM", "ITEM", "ITEM", "ITEM"]);
  core.lifecycle.closeSend();
  await assertRejects(() => core.send(5), ChannelClosedError, "closed, as both sides have ended");
  core.sendOn(6);
  core.sendBytes([Uint8Array.of(7)], () => {});
  assertEquals(context.scheduler.takeTypes(), ["END", "CLOSE"]);
});

Deno.test("ChannelCore.send() rejects with what stands in the way, and stays open", async () => {
  const { core, context } = setUp();
  const aborted = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => core.send(1, aborted), RangeError, "enough");
  await assertRejects(() => core.send(Symbol()), SerializationError);
  context.peerMaxItemBytes = 10;
  await assertRejects(() => core.send("x".repeat(20)), SerializationError, "more than 10 bytes");
  assertEquals([core.lifecycle.state, context.scheduler.frames], ["open", []]);
});

Deno.test("ChannelCore.send() keeps the event loop alive while the window is used up", async () => {
  const { core, context } = setUp();
  context.scheduler.isHeld = true;
  context.scheduler.idle = false;
  const sent = core.send(1);
  assertEquals(context.holds, 1);
  context.scheduler.run();
  await sent;
  assertEquals(context.holds, 0);
});

Deno.test("ChannelCore.receiveItem() takes, drops or refuses an item, by its state", async () => {
  const [open, closing, ended] = [setUp(), setUp(), setUp()];
  open.core.receiveItem(SEVEN);
  assertEquals(await open.core.received.receive(), 7);
  closing.core.lifecycle.close();
  closing.core.receiveItem(SEVEN);
  assertEquals(closing.core.received.size, 0);
  ended.core.lifecycle.receiveEnd();
  assertThrows(() => ended.core.receiveItem(SEVEN), ProtocolError, "an item on channel 1 after");
});

Deno.test("ChannelCore drops what the peer sends on a channel that was cancelled on this side alone", () => {
  const { core, context } = setUp("running");
  core.lifecycle.cancel(new RangeError("the gateway is to end"));
  core.receiveItem(SEVEN);
  core.lifecycle.receiveEnd();
  core.receiveClose(new Uint8Array());
  assertEquals([core.lifecycle.state, core.received.size], ["peerClosed", 0]);
  core.lifecycle.finish();
  assertEquals([core.lifecycle.state, context.scheduler.takeTypes()], ["closed", ["CLOSE"]]);
});

Deno.test("ChannelCore resets itself where an item is wrong", async () => {
  const { core, context } = setUp();
  core.receiveItem({ ...SEVEN, bytes: Uint8Array.of(0xc1) });
  await assertRejects(() => core.received.receive(), ProtocolError);
  assertEquals(context.scheduler.takeTypes(), ["CLOSE"]);
});

Deno.test("ChannelCore.waitClose() throws the error of the end, and that is no longer unseen", async () => {
  const { core, context } = setUp("execution");
  core.receiveClose(context.codec.encodeError(new RangeError("no")));
  assertEquals(core.unseenError?.message, "no");
  assertEquals((await assertRejects(() => core.waitClose(), Error)).message, "no");
  assertEquals(core.unseenError, undefined);
});

Deno.test("ChannelCore.waitClose() gives up at its timeout, and holds the event loop until then", async () => {
  const { core, context } = setUp();
  const waiting = core.waitClose({ timeout: 1 });
  assertEquals(context.holds, 1);
  await assertRejects(() => waiting, TimeoutError, "channel 1 of gw0 did not close within 1 ms");
  assertEquals([context.holds, core.lifecycle.state], [0, "open"]);
});

Deno.test("ChannelCore.waitClose() of a running execution waits for the peer's end alone", async () => {
  const { core } = setUp("running");
  core.lifecycle.receiveEnd();
  await core.waitClose();
  assertEquals(core.lifecycle.state, "peerEnded");
});

Deno.test("ChannelCore closes with the peer's error as it was, when the connection is lost meanwhile", async () => {
  const { core, context } = setUp("execution");
  core.completeErrorsBy(new ErrorCompletion(core.binding, () => new Promise(() => {})));
  core.receiveClose(context.codec.encodeError(new RangeError("theirs")));
  assertEquals([core.isPeerClosing, core.lifecycle.state], [true, "open"]);
  core.lose(new Error("lost"));
  assertEquals(core.isPeerClosing, false);
  assertEquals((await assertRejects(() => core.waitClose(), Error)).message, "theirs");
});

Deno.test("ChannelCore.closedWithPeer() answers a close, and leaves an open channel to its connection", () => {
  const [closing, open] = [setUp("execution"), setUp("execution")];
  closing.core.lifecycle.close();
  for (const { core } of [closing, open]) core.closedWithPeer();
  assertEquals([closing.core.lifecycle.state, open.core.lifecycle.state], ["closed", "open"]);
});

Deno.test("ChannelCore.isSpent says that nothing can be received or sent any more", async () => {
  const { core } = setUp();
  core.receiveItem(SEVEN);
  core.lifecycle.closedByPeer(undefined);
  assertEquals(core.isSpent, false);
  await core.received.receive();
  assertEquals(core.isSpent, true);
});

Deno.test("ChannelCore.setConsumer() takes what is received, whatever the peer closes with", () => {
  const { core, context } = setUp();
  const items: unknown[] = [];
  core.setConsumer({
    kind: "items",
    call: (item) => items.push(item),
    endMarker: { value: "end" },
  });
  core.receiveItem(SEVEN);
  core.receiveClose(context.codec.encodeError(new RangeError("no")));
  assertEquals([items, core.unseenError], [[7, "end"], undefined]);
});
