import { assertEquals, assertRejects } from "@std/assert";
import { ChannelClosedError, RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** `closeSend`. */
export function halfCloseTests(behaves: Behaviour): void {
  behaves(
    "Channel.closeSend() ends the iteration of the execution, which may answer",
    async (gw) => {
      const channel = gw.remoteExec(`
      let sum = 0;
      for await (const item of channel) sum += item;
      await channel.send(sum);
    `);
      for (const item of [1, 2, 3]) await channel.send(item);
      channel.closeSend();
      channel.closeSend();
      assertEquals(channel.closed, false);
      assertEquals(await channel.receive(), 6);
      await channel.waitClose();
    },
  );

  behaves("Channel.send() rejects after closeSend(), and receive() goes on", async (gw) => {
    const channel = gw.remoteExec(`await Array.fromAsync(channel); await channel.send("still");`);
    channel.closeSend();
    await assertRejects(() => channel.send(1), ChannelClosedError, "closeSend");
    assertEquals(await channel.receive(), "still");
  });

  behaves(
    "Channel.receive() in the execution rejects after the other's closeSend()",
    async (gw) => {
      const channel = gw.remoteExec(`
      try { await channel.receive(); } catch (error) { await channel.send(error.name); }
    `);
      channel.closeSend();
      assertEquals(await channel.receive(), "ChannelClosedError");
    },
  );

  behaves(
    "closeSend() inside an execution ends our iteration, and it still receives",
    async (gw) => {
      const report = gw.newChannel();
      const channel = gw.remoteExec(
        `await channel.send(1); channel.closeSend(); await args.send(await channel.receive());`,
        report,
      );
      assertEquals(await Array.fromAsync(channel), [1]);
      assertEquals(channel.closed, false);
      await channel.send("after");
      assertEquals(await report.receive(), "after");
      await channel.waitClose();
    },
  );

  behaves("an execution that fails after closeSend() still sends its error", async (gw) => {
    const channel = gw.remoteExec(
      `channel.closeSend(); await channel.receive(); throw new Error("x");`,
    );
    assertEquals(await Array.fromAsync(channel), []);
    await channel.send(1);
    await assertRejects(() => channel.waitClose(), RemoteError, "x");
  });

  behaves(
    "a channel of newChannel() closes when both sides have called closeSend()",
    async (gw) => {
      const channel = gw.newChannel();
      gw.remoteExec(
        `for await (const item of args) await args.send(item); args.closeSend();`,
        channel,
      );
      await channel.send(1);
      assertEquals(await channel.receive(), 1);
      channel.closeSend();
      assertEquals(await Array.fromAsync(channel), []);
      await channel.waitClose();
      assertEquals(channel.closed, true);
    },
  );

  behaves(
    "items queued before closeSend() and close() of the execution arrive first",
    async (gw) => {
      const channel = gw.remoteExec(`
      for (let i = 0; i < 50; i++) channel.send(new Uint8Array(50_000));
      channel.closeSend();
    `);
      let count = 0;
      for await (const item of channel) count += (item as Uint8Array).length;
      assertEquals(count, 50 * 50_000);
      await channel.waitClose();
    },
  );
}
