/** How code reaches the remote: once, named by its hash; or later, over a channel of its own. */

import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { ChannelClosedError, ExecnetError, SerializationError } from "../../errors.ts";
import { decodeKeptCode, type ExecRequest } from "../../protocol/control.ts";
import { assert } from "../../tests/support/assert.ts";
import { face, hashOf, pair } from "../../tests/support/peers.ts";
import type { Channel } from "../channel.ts";

const REQUEST: ExecRequest = { kind: "source", name: "job", position: "", isolated: false };

Deno.test("ExecSender sends code once, and names it by its hash from then on", async () => {
  await using it = face("initiator");
  await it.peer.greet();
  const { execs } = it.side;
  for (const text of ["one", "two", "one", "two"]) execs.send(REQUEST, text, []);
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

Deno.test("ExecSender sends code that does not fit a frame, or has to wait, as the first item", async () => {
  await using it = face("initiator", { peerReads: false });
  await it.peer.greet();
  const { execs } = it.side;
  execs.send(REQUEST, "x".repeat(100_000), []);
  execs.send(REQUEST, "y".repeat(1_000), []);
  it.peer.read();
  for (let i = 0; i < 2; i++) {
    assertEquals((await it.peer.next("exec"))?.type, "exec");
  }
});

Deno.test("ExecSender sends code that is built meanwhile over a channel; items keep their order", async () => {
  await using it = await pair();
  const code = Promise.withResolvers<string>();
  const near = it.initiator.execs.send(REQUEST, code.promise, "args");
  await near.send("first");
  await it.initiator.connection.requestStatus();
  const { channel: far } = it.remote.running[1];
  const supply = await far.receive() as Channel;
  assertEquals([await far.receive(), await far.receive()], ["args", "first"]);
  code.resolve("the code");
  assertEquals(await supply.receive(), "the code");
});

Deno.test("ExecSender closes an execution whose code cannot be built with the reason", async () => {
  await using it = await pair();
  const reason = new ExecnetError("cannot be built");
  const near = it.initiator.execs.send(REQUEST, Promise.reject(reason), []);
  assertStrictEquals(await assertRejects(() => near.receive()), reason);
  await it.initiator.connection.requestStatus();
  const { channel: far } = it.remote.running[1];
  assertEquals(far.closed, true);
});

Deno.test("ExecSender closes the supply of an execution that is closed before its code is there", async () => {
  await using it = await pair();
  const code = Promise.withResolvers<string>();
  const near = it.initiator.execs.send(REQUEST, code.promise, []);
  await it.initiator.connection.requestStatus();
  const supply = await it.remote.running[1].channel.receive() as Channel;
  near.close();
  await assertRejects(() => supply.receive(), ChannelClosedError);
  code.resolve("too late");
});

Deno.test("ExecSender sends nothing where args cannot travel, and after the connection is lost", async () => {
  await using it = face("initiator");
  const { connection, execs } = it.side;
  assertThrows(() => execs.send(REQUEST, "one", Symbol()), SerializationError, "args");
  assertEquals(connection.channelCount, 0);
  const lost = new ExecnetError("lost");
  connection.close(lost);
  assertStrictEquals(assertThrows(() => execs.send(REQUEST, "one", Symbol())), lost);
});
