/** Callbacks, streams and channels as items, between two connections. */

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { assert } from "../tests/support/assert.ts";
import { ExecnetError, RemoteError } from "../errors.ts";
import { Channel } from "./channel.ts";
import { pair, plainChannel, quiet } from "../tests/support/peers.ts";

Deno.test("setCallback() gets queued items first, then what comes, then the end marker", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  await here.send(1);
  await here.send(2);
  await quiet(it); // both have arrived
  const seen: unknown[] = [];
  there.setCallback((item) => void seen.push(item), { endMarker: "end" });
  assertEquals(seen, [1, 2]);
  await here.send(3);
  here.closeSend();
  here.close();
  await there.waitClose();
  assertEquals(seen, [1, 2, 3, "end"]);
});

Deno.test("setCallback() gives an undefined end marker where one is given", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const seen: unknown[] = [];
  there.setCallback((item) => void seen.push(item), { endMarker: undefined });
  here.setCallback((item) => void seen.push(item));
  here.closeSend();
  there.closeSend();
  await Promise.all([here.waitClose(), there.waitClose()]);
  assertEquals(seen, [undefined]);
});

Deno.test("setCallback() gives the end marker last also after an error", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const seen: unknown[] = [];
  there.setCallback((item) => void seen.push(item), { endMarker: null });
  await here.send(1);
  here.close(new Error("broken"));
  await assertRejects(() => there.waitClose(), RemoteError, "broken");
  assertEquals(seen, [1, null]);
});

Deno.test("setCallback() on a closed channel gets what is queued and the end marker", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  await here.send(1);
  here.closeSend();
  here.close();
  await here.waitClose();
  const seen: unknown[] = [];
  there.setCallback((item) => void seen.push(item), { endMarker: "end" });
  await there.waitClose();
  assertEquals(seen, [1, "end"]);
});

Deno.test("an async callback is awaited: one item at a time, and waitClose() waits for it", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const log: string[] = [];
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  let calls = 0;
  there.setCallback(async (item) => {
    const gate = gates[calls++];
    log.push(`begin ${item}`);
    await gate.promise;
    log.push(`end ${item}`);
  }, { endMarker: "marker" });
  await here.send("a");
  await here.send("b");
  here.closeSend();
  here.close();
  await here.waitClose();
  assertEquals(log, ["begin a"]);
  const closed = there.waitClose().then(() => log.push("closed"));
  for (const { resolve } of gates) resolve();
  await closed;
  assertEquals(log, [
    "begin a",
    "end a",
    "begin b",
    "end b",
    "begin marker",
    "end marker",
    "closed",
  ]);
});

Deno.test("an async callback that does not end holds the sender after one window", async () => {
  await using it = await pair();
  const gate = Promise.withResolvers<void>();
  let count = 0;
  it.far.setCallback(async () => {
    await gate.promise;
    count++;
  });
  let sent = 0;
  const sends = Array.from({ length: 60 }, async () => {
    await it.near.send(new Uint8Array(64_000));
    sent++;
  });
  await quiet(it);
  assert(sent > 10 && sent < 20, `${sent} were sent`);
  gate.resolve();
  await Promise.all(sends);
  it.near.closeSend();
  await quiet(it);
  assertEquals(count, 60);
});

for (const kind of ["throws", "rejects"] as const) {
  Deno.test(`a callback that ${kind} closes the peer's side with that error`, async () => {
    await using it = await pair();
    const [here, there] = await plainChannel(it);
    let calls = 0;
    there.setCallback(() => {
      calls++;
      const error = new TypeError("callback broke");
      if (kind === "rejects") return Promise.reject(error);
      throw error;
    });
    await here.send(1);
    await here.send(2);
    await assertRejects(() => here.receive(), RemoteError, "callback broke");
    await assertRejects(() => there.waitClose(), TypeError, "callback broke");
    assertEquals(calls, 1);
  });
}

for (const thrown of [undefined, null, "text", Object.create(null)]) {
  const shown = typeof thrown === "string" ? thrown : Deno.inspect(thrown);
  Deno.test(`a callback that throws ${shown} closes both sides with an error`, async () => {
    await using it = await pair();
    const [here, there] = await plainChannel(it);
    there.setCallback(() => Promise.reject(thrown));
    await here.send(1);
    await assertRejects(() => here.receive(), RemoteError);
    await assertRejects(() => there.waitClose(), ExecnetError, shown);
  });
}

Deno.test("after setCallback(), receive() and a second callback are refused", async () => {
  await using it = await pair();
  it.near.setCallback(() => {});
  await assertRejects(() => it.near.receive(), ExecnetError, "it has a callback");
  assertThrows(() => it.near.setCallback(() => {}), ExecnetError, "it has one");
  const waiting = it.far.receive();
  assertThrows(() => it.far.setCallback(() => {}), ExecnetError, "waits on it");
  await it.near.send(1);
  assertEquals(await waiting, 1);
});

Deno.test("a channel that travels and comes back is the same object, at any depth", async () => {
  await using it = await pair();
  const here = it.initiator.connection.newChannel();
  await it.near.send({ deep: [new Map([["channel", here]])] });
  const item = await it.far.receive() as { deep: Map<string, Channel>[] };
  const there = item.deep[0].get("channel");
  assert(there instanceof Channel);
  assertEquals(there.id, here.id);
  await it.far.send(new Set([there]));
  assertStrictEquals([...await it.near.receive() as Set<unknown>][0], here);
  await there.send("over the new one");
  assertEquals(await here.receive(), "over the new one");
});

Deno.test("a channel that the remote makes travels to the initiator and back", async () => {
  await using it = await pair();
  const there = it.remote.connection.newChannel();
  await it.far.send([there, there]);
  const [here, again] = await it.near.receive() as Channel[];
  assertStrictEquals(here, again);
  await it.near.send(here);
  assertStrictEquals(await it.far.receive(), there);
  await here.send(1);
  assertEquals(await there.receive(), 1);
});

Deno.test("a channel travels over itself", async () => {
  await using it = await pair();
  await it.near.send(it.near);
  assertStrictEquals(await it.far.receive(), it.far);
});

Deno.test("readable and writable carry items; closing the writable is closeSend", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const copied = there.readable.pipeTo(there.writable);
  const writer = here.writable.getWriter();
  const written = (async () => {
    for (let i = 0; i < 5; i++) await writer.write(i);
    await writer.close();
  })();
  assertEquals(await Array.fromAsync(here.readable), [0, 1, 2, 3, 4]);
  await Promise.all([copied, written, here.waitClose(), there.waitClose()]);
});

Deno.test("a callback that throws still gets the end marker, last and once", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const seen: unknown[] = [];
  there.setCallback((item) => {
    seen.push(item);
    throw new TypeError("callback broke");
  }, { endMarker: "end" });
  await here.send(1);
  await here.send(2);
  await assertRejects(() => there.waitClose(), TypeError, "callback broke");
  assertEquals(seen, [1, "end"]);
});
