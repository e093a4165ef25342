/** A stream that was cut is told as an error, whoever cut it and however it is read. */

import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { ChannelClosedError, GatewayClosedError, RemoteError } from "../errors.ts";
import { type Pair, pair, plainChannel, quiet } from "../tests/support/peers.ts";
import type { Channel } from "./channel.ts";

/** Every way to learn that a stream has ended. */
const READERS: Record<string, (channel: Channel) => Promise<unknown>> = {
  "an iteration": (channel) => Array.fromAsync(channel),
  "receive()": async (channel) => {
    for (;;) await channel.receive();
  },
  "readable": (channel) => Array.fromAsync(channel.readable),
  "waitClose()": (channel) => channel.waitClose(),
  "onError": (channel) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let error: unknown;
    channel.setCallback((item) => {
      if (item === "end") error === undefined ? resolve() : reject(error);
    }, { endMarker: "end", onError: (reason) => error = reason });
    return promise;
  },
};

type Cut = [what: string, cut: (it: Pair, here: Channel, there: Channel) => void, says: string];

/** What the reader of `there` may have done to it. */
const CUTS: Cut[] = [
  ["the peer's close", (_it, here) => here.close(), "closed by the peer"],
  ["this side's close", (_it, _here, there) => there.close(), "closed by this side"],
  ["the loss of the connection", ({ remote }) => remote.connection.close(), "the stream ended"],
  ["the peer's error", (_it, here) => here.close(new RangeError("disk full")), "disk full"],
];

for (const [what, cut, says] of CUTS) {
  for (const [reader, read] of Object.entries(READERS)) {
    Deno.test(`${reader} rejects after ${what}`, async () => {
      await using it = await pair();
      const [here, there] = await plainChannel(it);
      const reading = read(there);
      await here.send("half of it");
      cut(it, here, there);
      const error = await assertRejects(() => reading, Error, says);
      const kinds = [ChannelClosedError, GatewayClosedError, RemoteError];
      assertEquals(kinds.some((kind) => error instanceof kind), true, error.name);
    });
  }
}

for (const [reader, read] of Object.entries(READERS)) {
  if (reader === "receive()") continue; // it always rejects at the end
  Deno.test(`${reader} ends in order where the peer has ended sending before`, async () => {
    // Whoever waits for the close of a channel is told of a lost connection, ended or not.
    for (const [, cut] of CUTS.slice(0, reader === "waitClose()" ? 2 : 3)) {
      await using it = await pair();
      const [here, there] = await plainChannel(it);
      const reading = read(there);
      await here.send("all of it");
      here.closeSend();
      if (reader === "waitClose()") await quiet(it);
      else await reading;
      cut(it, here, there);
      await reading;
    }
  });
}

Deno.test("each iteration after a cut rejects, not the first alone", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  here.close(new RangeError("disk full"));
  await assertRejects(() => there.receive(), RemoteError, "disk full");
  await assertRejects(() => Array.fromAsync(there), RemoteError, "disk full");
  await assertRejects(() => Array.fromAsync(there), RemoteError, "disk full");
});

Deno.test("waitClose() after this side's own close waits for the end, and does not call it a cut", async () => {
  await using it = await pair();
  it.near.close();
  const closed = it.near.waitClose();
  it.farCore.lifecycle.finish();
  await closed;
});

Deno.test("onError is awaited before the end marker, and told what the callback threw", async () => {
  await using it = await pair();
  const [here, there] = await plainChannel(it);
  const log: unknown[] = [];
  const gate = Promise.withResolvers<void>();
  there.setCallback((item) => {
    log.push(item);
    if (item === "bad") throw new TypeError("cannot use it");
  }, {
    endMarker: "end",
    onError: async (error) => {
      await gate.promise;
      log.push(`${error}`);
    },
  });
  await here.send("good");
  here.close();
  gate.resolve();
  await assertRejects(() => there.waitClose(), ChannelClosedError);
  assertEquals([log[0], log.length, log[2]], ["good", 3, "end"]);
  assertStringIncludes(`${log[1]}`, "closed by the peer");

  const [near, far] = await plainChannel(it);
  const seen: unknown[] = [];
  far.setCallback(() => {
    throw new TypeError("cannot use it");
  }, { onError: (error) => seen.push(`${error}`) });
  await near.send("bad");
  await assertRejects(() => near.receive(), RemoteError, "cannot use it");
  assertEquals(seen, ["TypeError: cannot use it"]);
});
