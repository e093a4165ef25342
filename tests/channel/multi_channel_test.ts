import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Channel,
  ChannelClosedError,
  ExecnetError,
  GatewayClosedError,
  Group,
  MultiChannel,
  RemoteError,
  SerializationError,
  TimeoutError,
} from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { ECHO, Members, STUBBORN } from "../support/members.ts";

test("a MultiChannel gives its channels by index and in order", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  assertEquals(channels.size, 2);
  assertEquals([channels.get(0), channels.get(1)], [...channels]);
  for (const index of [-1, 2, NaN, 0.5]) assertEquals(channels.get(index), undefined);
  assertThrows(() => new MultiChannel([{} as Channel]), TypeError, "holds channels");
});

test("MultiChannel.sendEach() and receiveEach() cover each member, in order", async () => {
  await using members = await Members.make(ECHO, ECHO, ECHO);
  for (const item of ["a", undefined, { b: 1 }]) {
    await members.channels.sendEach(item);
    assertEquals(await members.channels.receiveEach(), [item, item, item]);
  }
  members.channels.closeSend();
  await members.channels.waitClose();
});

test("MultiChannel.sendEach() sends to the others if one is closed", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const [first, second] = members.channels;
  first.close();
  await assertRejects(() => members.channels.sendEach(1), ChannelClosedError);
  assertEquals(await second.receive(), 1);
  await assertRejects(() => members.channels.sendEach(() => {}), ExecnetError);
  await assertRejects(() => new MultiChannel([second]).sendEach(() => {}), SerializationError);
  await second.send("still open");
  assertEquals(await second.receive(), "still open");
});

test("MultiChannel.receiveEach() receives nothing unless each member has an item", async () => {
  await using members = await Members.make(`await channel.send(1); ${ECHO}`, ECHO);
  const { channels } = members;
  await members.arrived();
  await assertRejects(() => channels.receiveEach({ timeout: 20 }), TimeoutError, "within 20 ms");
  await assertRejects(
    () => channels.receiveEach({ signal: AbortSignal.abort(new Error("never mind")) }),
    Error,
    "never mind",
  );
  const both = channels.receiveEach();
  await channels.get(1)?.send(2);
  assertEquals(await both, [1, 2]);
});

test("MultiChannel.receiveEach() called twice at once returns each item once", async () => {
  await using members = await Members.make(ECHO, ECHO);
  const { channels } = members;
  const both = Promise.all([channels.receiveEach(), channels.receiveEach()]);
  await channels.sendEach(1);
  await channels.sendEach(2);
  assertEquals((await both).toSorted(), [[1, 1], [2, 2]]);
});

test("MultiChannel.receiveEach() rejects once a member has failed, and loses no items of the others", async () => {
  await using members = await Members.make(
    `await channel.send("a1"); await channel.send("a2"); ${ECHO}`,
    `await channel.send("b1"); throw new RangeError("b is broken");`,
  );
  const { channels } = members;
  assertEquals(await channels.receiveEach(), ["a1", "b1"]);
  await assertRejects(() => channels.receiveEach(), RemoteError, "b is broken");
  await assertRejects(() => channels.receiveEach(), ChannelClosedError);
  assertEquals(await channels.get(0)?.receive(), "a2");
});

test("a waiting MultiChannel.receiveEach() rejects when a member's gateway dies", async () => {
  await using members = await Members.make(ECHO, STUBBORN);
  assertEquals(await members.channels.get(1)?.receive(), "last words");
  const waiting = assertRejects(() => members.channels.receiveEach(), GatewayClosedError);
  await members.gateways[1].terminate();
  await waiting;
});

test("MultiChannel.waitClose() throws the earliest error when all members have closed", async () => {
  await using members = await Members.make(
    `await channel.receive(); throw new Error("late");`,
    `throw new Error("early");`,
    `await channel.receive();`,
  );
  const { channels } = members;
  let done = false;
  const closed = assertRejects(() => channels.waitClose(), RemoteError, "early")
    .then(() => done = true);
  await assertRejects(() => channels.get(1)!.waitClose(), RemoteError);
  await channels.get(0)?.send(1);
  await assertRejects(() => channels.get(0)!.waitClose(), RemoteError);
  await members.arrived();
  assertEquals(done, false);
  await channels.get(2)?.send(1);
  await closed;
});

test("MultiChannel.waitClose() is bounded by its timeout", async () => {
  await using members = await Members.make(ECHO, ECHO);
  await assertRejects(() => members.channels.waitClose({ timeout: 10 }), TimeoutError);
  members.channels.close();
  await members.channels.waitClose();
});

test("`await using` closes the channels of a MultiChannel", async () => {
  await using group = await Group.open(["popen", "popen"]);
  {
    await using channels = group.remoteExec(ECHO);
    await channels.sendEach(1);
  }
  for (const status of (await group.remoteStatus()).values()) {
    assertEquals(status.reachable && status.channels, 0);
  }
});
