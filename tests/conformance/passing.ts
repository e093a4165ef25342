import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { Channel } from "../../channel/channel.ts";
import { ChannelClosedError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** Channels as items. */
export function passingTests(behaves: Behaviour): void {
  behaves("channels can be sent in items, and have their own items", async (gw) => {
    const channel = gw.remoteExec(`
      const [from, to] = await channel.receive();
      await to.send((await from.receive()) + 1);
    `);
    const [from, to] = [gw.newChannel(), gw.newChannel()];
    await channel.send([from, to]);
    await from.send(1);
    assertEquals(await to.receive(), 2);
  });

  behaves("channels can be sent in args", async (gw) => {
    const progress = gw.newChannel();
    const channel = gw.remoteExec(
      `for (const part of [0.5, 1]) await args.progress.send(part);
       args.progress.closeSend();`,
      { progress },
    );
    assertEquals(await Array.fromAsync(progress), [0.5, 1]);
    await channel.waitClose();
  });

  behaves("a channel keeps its identity there and back, at any depth", async (gw) => {
    const channel = gw.remoteExec(`
      const item = await channel.receive();
      const [map, [inner]] = [item.map, [...item.set]];
      const same = map.get("deep")[0].channel === inner && item.own === channel;
      await channel.send({ same, list: [[inner]], error: new Error("x", { cause: inner }), channel });
    `);
    const sub = gw.newChannel();
    await channel.send({
      map: new Map([["deep", [{ channel: sub }]]]),
      set: new Set([sub]),
      own: channel,
    });
    const back = await channel.receive() as {
      same: boolean;
      list: unknown[][];
      error: Error;
      channel: unknown;
    };
    assertEquals(back.same, true);
    assertStrictEquals(back.list[0][0], sub);
    assertStrictEquals(back.error.cause, sub);
    assertStrictEquals(back.channel, channel);
  });

  behaves("the remote side makes channels with channel.gateway.newChannel()", async (gw) => {
    const channel = gw.remoteExec(`
      const sub = channel.gateway.newChannel();
      await channel.send(sub);
      await sub.send(42);
      const sameBack = await channel.receive();
      await channel.send([sameBack === sub, sub.gateway === channel.gateway]);
      sub.closeSend();
      sub.close();
    `);
    const sub = await channel.receive();
    assert(sub instanceof Channel);
    assertStrictEquals(sub.gateway, gw);
    assertEquals(await sub.receive(), 42);
    await channel.send(sub);
    assertEquals(await channel.receive(), [true, true]);
    await sub.waitClose();
  });

  behaves("items sent on a channel before the channel itself arrives are kept", async (gw) => {
    const sub = gw.newChannel();
    for (let i = 0; i < 3; i++) await sub.send(i);
    sub.closeSend();
    const channel = gw.remoteExec(`await channel.send(await Array.fromAsync(args));`, sub);
    assertEquals(await channel.receive(), [0, 1, 2]);
    sub.close();
  });

  behaves.shared("a channel outlives the execution that it was sent from", async (gw) => {
    const channel = gw.remoteExec(`
      const sub = channel.gateway.newChannel();
      sub.setCallback((item) => sub.send(item * 2));
      await channel.send(sub);
    `);
    const sub = await channel.receive() as Channel;
    await channel.waitClose();
    await sub.send(21);
    assertEquals(await sub.receive(), 42);
    sub.close();
    await sub.waitClose();
  });

  behaves.shared(
    "ids of both sides are unique, and a new channel is not one that was closed",
    async (gw) => {
      const ids = new Set<number>();
      for (let i = 0; i < 20; i++) {
        const channel = gw.remoteExec(`await channel.send(channel.gateway.newChannel().id);`);
        ids.add(channel.id);
        ids.add(await channel.receive() as number);
      }
      assertEquals(ids.size, 40);
    },
  );

  behaves("a channel that was closed before it is sent arrives closed", async (gw) => {
    const sub = gw.newChannel();
    const channel = gw.remoteExec(`
      const sub = await channel.receive();
      await channel.send([sub.closed, await sub.receive().catch((error) => error.name)]);
    `);
    sub.close();
    await sub.waitClose();
    await channel.send(sub);
    const [closed, name] = await channel.receive() as [boolean, string];
    assertEquals(closed, true);
    assertEquals(name, "ChannelClosedError");
    await assertRejects(() => sub.receive(), ChannelClosedError);
  });
}
