import { assertEquals, assertStrictEquals } from "@std/assert";
import { Hold, NO_HOLD } from "../internal/keep_alive.ts";
import { Handle } from "./handle.ts";

// What is collected, and when, is in tests/cases/dropped_channel_test.ts: that needs a process of its own.

Deno.test("Handle gives the channel that was attached, kept or let go", () => {
  const handle = new Handle();
  assertEquals(handle.channel, undefined);
  const channel = {};
  handle.attach(channel);
  assertStrictEquals(handle.channel, channel);
  handle.letGo(() => {});
  assertStrictEquals(handle.channel, channel);
  handle.keep();
  assertStrictEquals(handle.channel, channel);
});

Deno.test("Handle.hold() disposes the other hold with its own, once", () => {
  for (const isLetGo of [false, true]) {
    const handle = new Handle();
    const channel = {};
    handle.attach(channel);
    if (isLetGo) handle.letGo(() => {});
    let released = 0;
    const hold = handle.hold(new Hold(() => released++));
    const second = handle.hold(NO_HOLD);
    hold[Symbol.dispose]();
    hold[Symbol.dispose]();
    assertEquals(released, 1);
    second[Symbol.dispose]();
    assertStrictEquals(handle.channel, channel);
  }
});
