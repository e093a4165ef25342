import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { assertInstanceOf } from "../support/assert.ts";
import { ChannelClosedError, RemoteError, TimeoutError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

const ECHO = `for await (const item of channel) await channel.send(item);`;

/** `send`, `receive`, iteration, and their timeouts and signals. */
export function receiveTests(behaves: Behaviour): void {
  behaves("Channel.receive() returns items in the order in which they were sent", async (gw) => {
    const channel = gw.remoteExec(`for (let i = 0; i < 3; i++) await channel.send(i);`);
    assertEquals(await channel.receive(), 0);
    assertEquals(await channel.receive(), 1);
    assertEquals(await channel.receive(), 2);
  });

  behaves(
    "Channel.receive() rejects with ChannelClosedError for ever after the end",
    async (gw) => {
      const channel = gw.remoteExec(`await channel.send(42);`);
      assertEquals(await channel.receive(), 42);
      for (let i = 0; i < 3; i++) await assertRejects(() => channel.receive(), ChannelClosedError);
    },
  );

  behaves(
    "Channel.receive() gives queued items, then the peer's error once, then ChannelClosedError",
    async (gw) => {
      const channel = gw.remoteExec(
        `channel.send(1); channel.send(2); throw new RangeError("too far");`,
      );
      await assertRejects(() => channel.waitClose(), RemoteError);
      assertEquals(await channel.receive(), 1);
      assertEquals(await channel.receive(), 2);
      const error = await assertRejects(() => channel.receive(), RemoteError, "too far");
      assertEquals(error.name, "RangeError");
      for (let i = 0; i < 3; i++) await assertRejects(() => channel.receive(), ChannelClosedError);
    },
  );

  behaves("Channel.receive() rejects with TimeoutError and stays usable", async (gw) => {
    const channel = gw.remoteExec(`await channel.send((await channel.receive()) + 1);`);
    await assertRejects(() => channel.receive({ timeout: 20 }), TimeoutError, "20 ms");
    assertEquals(channel.closed, false);
    await channel.send(1);
    assertEquals(await channel.receive({ timeout: 20_000 }), 2);
  });

  behaves("a receive() that has timed out does not swallow the next item", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    await assertRejects(() => channel.receive({ timeout: 1 }), TimeoutError);
    await channel.send("a");
    await channel.send("b");
    assertEquals([await channel.receive(), await channel.receive()], ["a", "b"]);
  });

  behaves("Channel.receive() rejects with the signal's reason and stays usable", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    const controller = new AbortController();
    const reason = new Error("enough");
    const waiting = channel.receive({ signal: controller.signal });
    controller.abort(reason);
    assertStrictEquals(await assertRejects(() => waiting), reason);
    assertStrictEquals(await assertRejects(() => channel.receive(controller)), reason);
    await channel.send(1);
    assertEquals(await channel.receive(), 1);
  });

  behaves("several waiting receives are served in the order of their calls", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    const waiting = [channel.receive(), channel.receive(), channel.receive()];
    for (const item of ["a", "b", "c"]) await channel.send(item);
    assertEquals(await Promise.all(waiting), ["a", "b", "c"]);
  });

  behaves(
    "of several waiting receives, one rejects with the error when the peer fails",
    async (gw) => {
      const channel = gw.remoteExec(`await channel.receive(); throw new Error("lost")`);
      const waiting = [channel.receive(), channel.receive()];
      await channel.send(1);
      const results = await Promise.allSettled(waiting);
      const reasons = results.map((result) => result.status === "rejected" && result.reason);
      assertInstanceOf(reasons[0], RemoteError);
      assertInstanceOf(reasons[1], ChannelClosedError);
    },
  );

  behaves("items sent before the execution begins are kept in order", async (gw) => {
    const channel = gw.remoteExec(`
      const seen = [];
      for (let i = 0; i < 5; i++) seen.push(await channel.receive());
      await channel.send(seen);
    `);
    for (let i = 0; i < 5; i++) channel.send(i);
    assertEquals(await channel.receive(), [0, 1, 2, 3, 4]);
  });

  behaves("iterating over a channel ends when the peer closes", async (gw) => {
    const channel = gw.remoteExec(`for (let i = 0; i < 3; i++) await channel.send(i);`);
    assertEquals(await Array.fromAsync(channel), [0, 1, 2]);
    assertEquals(await Array.fromAsync(channel), []);
  });

  behaves("iterating over a channel throws the peer's error after the items", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(1); throw new TypeError("odd");`);
    const seen: unknown[] = [];
    const error = await assertRejects(async () => {
      for await (const item of channel) seen.push(item);
    }, RemoteError);
    assertEquals(seen, [1]);
    assertEquals(error.name, "TypeError");
  });

  behaves("leaving an iteration with break leaves the channel open", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    await channel.send(1);
    await channel.send(2);
    for await (const item of channel) {
      assertEquals(item, 1);
      break;
    }
    assertEquals(channel.closed, false);
    assertEquals(await channel.receive(), 2);
    await channel.send(3);
    for await (const item of channel) {
      assertEquals(item, 3);
      break;
    }
  });

  behaves("Channel.send() waits while the peer reads nothing, and can be aborted", async (gw) => {
    const go = gw.newChannel();
    const channel = gw.remoteExec(
      `await args.go.receive(); for await (const { length } of channel) channel.send(length);`,
      { go },
    );
    const block = new Uint8Array(400_000);
    await channel.send(block);
    await channel.send(block);
    const controller = new AbortController();
    const first = channel.send(block);
    const second = channel.send(new Uint8Array(1), { signal: controller.signal });
    assertEquals(
      await Promise.race([first, second, gw.remoteStatus().then(() => "waits")]),
      "waits",
    );
    controller.abort(new Error("never mind"));
    await assertRejects(() => second, Error, "never mind");
    await go.send("now");
    await first;
    channel.closeSend();
    assertEquals(await Array.fromAsync(channel), [400_000, 400_000, 400_000]);
  });

  behaves("Channel.send() with an aborted signal sends nothing", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    await assertRejects(
      () => channel.send(1, { signal: AbortSignal.abort(new Error("no")) }),
      Error,
      "no",
    );
    await channel.send(2);
    assertEquals(await channel.receive(), 2);
  });
}
