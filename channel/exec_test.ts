/** How code reaches the remote: once, named by its hash; or later, over a channel of its own. */

import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ChannelClosedError, ExecnetError } from "../errors.ts";
import { decodeKeptCode, type ExecRequest } from "../protocol/control.ts";
import { assert } from "../tests/support/assert.ts";
import { face, hashOf, pair } from "../tests/support/peers.ts";
import type { Channel } from "./channel.ts";

const REQUEST: ExecRequest = { kind: "source", name: "job", position: "", isolated: false };

Deno.test("code is sent once, and named by its hash from then on", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const { connection } = it.side;
  for (const text of ["one", "two", "one", "two"]) connection.exec(REQUEST, text, []);
  const first = await it.peer.next("code");
  assert(first !== undefined);
  assertEquals(decodeKeptCode(first.code), { ...REQUEST, text: "one" });
  assertEquals(first.hash, hashOf(first.code));
  assertEquals((await it.peer.next("execKept"))?.hash, first.hash);
  const second = await it.peer.next("code");
  assertEquals((await it.peer.next("execKept"))?.hash, second?.hash);
  assertEquals((await it.peer.next("execKept"))?.hash, first.hash);
  assertEquals((await it.peer.next("execKept"))?.hash, second?.hash);
});

Deno.test("code that does not fit a frame, or that has to wait, comes as the first item", async () => {
  await using it = face("initiator", { peerReads: false });
  await it.peer.greet();
  const { connection } = it.side;
  connection.exec(REQUEST, "x".repeat(100_000), []);
  connection.exec(REQUEST, "y".repeat(1_000), []);
  it.peer.read();
  for (let i = 0; i < 2; i++) {
    assertEquals((await it.peer.next("exec"))?.type, "exec");
  }
});

Deno.test("code that is built meanwhile comes over a channel; items keep their order", async () => {
  await using it = await pair();
  const code = Promise.withResolvers<string>();
  const near = it.initiator.connection.exec(REQUEST, code.promise, "args");
  await near.send("first");
  await it.initiator.connection.requestStatus();
  const { channel: far } = it.remote.running[1];
  const supply = await far.receive() as Channel;
  assertEquals([await far.receive(), await far.receive()], ["args", "first"]);
  code.resolve("the code");
  assertEquals(await supply.receive(), "the code");
});

Deno.test("code that comes to nothing closes the execution with the reason", async () => {
  await using it = await pair();
  const reason = new ExecnetError("cannot be built");
  const near = it.initiator.connection.exec(REQUEST, Promise.reject(reason), []);
  assertStrictEquals(await assertRejects(() => near.receive()), reason);
  await it.initiator.connection.requestStatus();
  const { channel: far } = it.remote.running[1];
  assertEquals(far.closed, true);
});

Deno.test("an execution that is closed before its code is there closes its supply", async () => {
  await using it = await pair();
  const code = Promise.withResolvers<string>();
  const near = it.initiator.connection.exec(REQUEST, code.promise, []);
  await it.initiator.connection.requestStatus();
  const supply = await it.remote.running[1].channel.receive() as Channel;
  near.close();
  await assertRejects(() => supply.receive(), ChannelClosedError);
  code.resolve("too late");
});
