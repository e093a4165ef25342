import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { ChannelClosedError, ExecnetError, RemoteError, SerializationError } from "../../errors.ts";
import { type Pair, pair, plainChannel, quiet } from "../../tests/support/peers.ts";
import type { Channel } from "../channel.ts";

/** A channel of `from`, whose initiator's end is sent over `to`: both far ends, joined. */
async function joined(from: Pair, to: Pair): Promise<[Channel, Channel, Channel]> {
  const [near, a] = await plainChannel(from);
  await to.near.send(near);
  return [a, await to.far.receive() as Channel, near];
}

Deno.test("a channel sent over another connection is joined to one of that", async () => {
  await using one = await pair();
  await using two = await pair();
  const [a, b] = await joined(one, two);
  await a.send("there");
  assertEquals(await b.receive(), "there");
  const item = { map: new Map([["k", new Uint8Array([1, 2])]]), error: new RangeError("r") };
  await b.send(item);
  assertEquals(await a.receive(), item);
  const large = new Uint8Array(5_000_000).map((_, i) => i);
  const sent = a.send(large);
  assertEquals(await b.receive(), large);
  await sent;
});

Deno.test("items that had arrived before the channel was sent on go first", async () => {
  await using one = await pair();
  await using two = await pair();
  const [near, a] = await plainChannel(one);
  for (let i = 0; i < 3; i++) await a.send({ i });
  await quiet(one);
  await two.near.send(near);
  const b = await two.far.receive() as Channel;
  await a.send({ i: 3 });
  a.closeSend();
  assertEquals(await Array.fromAsync(b), [0, 1, 2, 3].map((i) => ({ i })));
});

Deno.test("a channel keeps its identity over a bridge, there and back", async () => {
  await using one = await pair();
  await using two = await pair();
  const [, b, near] = await joined(one, two);
  await two.near.send({ again: near });
  assertStrictEquals((await two.far.receive() as { again: Channel }).again, b);
  await two.far.send(b);
  assertStrictEquals(await two.near.receive(), near);
});

Deno.test("a channel inside an item goes over a bridge, and is joined itself", async () => {
  await using one = await pair();
  await using two = await pair();
  const [a, b] = await joined(one, two);
  const [, inner] = await plainChannel(one);
  await a.send({ inner });
  const received = (await b.receive() as { inner: Channel }).inner;
  await received.send("deep");
  assertEquals(await inner.receive(), "deep");
});

Deno.test("a half-close, and then the close, go over a bridge", async () => {
  await using one = await pair();
  await using two = await pair();
  const [a, b] = await joined(one, two);
  a.closeSend();
  assertEquals(await Array.fromAsync(b), []);
  await b.send("still");
  assertEquals(await a.receive(), "still");
  b.closeSend();
  b.close();
  await a.waitClose();
  await b.waitClose();
  await assertRejects(() => a.receive(), ChannelClosedError);
});

Deno.test("an error goes over a bridge as it was, after the items", async () => {
  await using one = await pair();
  await using two = await pair();
  const [a, b] = await joined(one, two);
  await a.send(1);
  const error = Object.assign(new TypeError("broken"), { code: 7 });
  a.close(error);
  assertEquals(await b.receive(), 1);
  const received = await assertRejects(() => b.receive(), RemoteError, "broken");
  const { name, code, remoteStack } = received as RemoteError & { code: number };
  assertEquals([name, code, remoteStack], ["TypeError", 7, error.stack]);
});

Deno.test("the end of one connection closes the channel on the other", async () => {
  await using one = await pair();
  await using two = await pair();
  const [, b] = await joined(one, two);
  one.initiator.connection.close();
  await assertRejects(() => b.receive(), RemoteError, "the stream ended");
  await two.near.send("on");
  assertEquals(await two.far.receive(), "on");
});

Deno.test("a consumer that stops holds the sender back over a bridge", async () => {
  await using one = await pair();
  await using two = await pair();
  const [a, b] = await joined(one, two);
  const item = new Uint8Array(100_000);
  let sent = 0;
  const sending = (async () => {
    for (let i = 0; i < 100; i++) {
      await a.send(item);
      sent++;
    }
  })();
  await quiet(one);
  await quiet(two);
  await quiet(one);
  assertEquals(sent < 35, true, `${sent} items of 100 kB went into two windows of 1 MiB`);
  for (let i = 0; i < 100; i++) await b.receive();
  await sending;
});

Deno.test("a channel that something receives on is not sent on, and stays as it is", async () => {
  await using one = await pair();
  await using two = await pair();
  const [near, a] = await plainChannel(one);
  const waiting = near.receive();
  const path = /item\.c|channel \d+ of initiator/;
  const error = await assertRejects(() => two.near.send({ c: near }), SerializationError);
  assertEquals(path.test(error.message), true, error.message);
  await a.send("for the receiver");
  assertEquals(await waiting, "for the receiver");
  await two.near.send("on");
  assertEquals(await two.far.receive(), "on");
});

Deno.test("what was sent on cannot be received here any more, and says so", async () => {
  await using one = await pair();
  await using two = await pair();
  const [, , near] = await joined(one, two);
  await assertRejects(() => near.receive(), ExecnetError, "sent to another gateway");
});

Deno.test("a closed channel arrives closed over another connection", async () => {
  await using one = await pair();
  await using two = await pair();
  const [near] = await plainChannel(one);
  near.close();
  await near.waitClose();
  await two.near.send(near);
  const b = await two.far.receive() as Channel;
  await assertRejects(() => b.receive(), ChannelClosedError);
  await assertRejects(() => near.receive(), ChannelClosedError);
});

Deno.test("what a channel holds is not lost where it has closed before it is sent on", async () => {
  await using one = await pair();
  await using two = await pair();
  const [near, a] = await plainChannel(one);
  for (let i = 0; i < 3; i++) await a.send(i);
  a.closeSend();
  a.close();
  await quiet(one);
  await two.near.send({ near });
  const { near: b } = await two.far.receive() as { near: Channel };
  assertEquals(await Array.fromAsync(b), [0, 1, 2]);
});

Deno.test("the same, where the item that names it has to wait for its window", async () => {
  await using one = await pair();
  await using two = await pair();
  const [near, a] = await plainChannel(one);
  await a.send("kept");
  a.closeSend();
  a.close();
  await quiet(one);
  for (let i = 0; i < 11; i++) two.near.send(new Uint8Array(100_000));
  const sent = two.near.send(near);
  await quiet(two);
  for (let i = 0; i < 11; i++) await two.far.receive();
  await sent;
  assertEquals(await Array.fromAsync(await two.far.receive() as Channel), ["kept"]);
});
