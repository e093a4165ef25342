import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { assert, assertInstanceOf } from "../support/assert.ts";
import { ChannelClosedError, RemoteError, TimeoutError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** `close`, `waitClose`, `signal`, and what they do to both sides. */
export function closeTests(behaves: Behaviour): void {
  behaves("Channel.close() can be called again and does nothing then", async (gw) => {
    const channel = gw.remoteExec(`await channel.receive();`);
    assertEquals(channel.closed, false);
    channel.close();
    assertEquals(channel.closed, true);
    channel.close();
    channel.close(new Error("too late to tell"));
    channel.closeSend();
    await channel.waitClose();
  });

  behaves("Channel.close() wakes every wait on this side", async (gw) => {
    const channel = gw.remoteExec(`await channel.receive();`);
    const receiving = channel.receive();
    const iterating = Array.fromAsync(channel);
    channel.close();
    await assertRejects(() => receiving, ChannelClosedError);
    await assertRejects(() => iterating, ChannelClosedError);
    await assertRejects(() => channel.receive(), ChannelClosedError);
    await assertRejects(() => channel.send(1), ChannelClosedError);
  });

  behaves("items received before Channel.close() can still be read", async (gw) => {
    const channel = gw.remoteExec(`channel.send(1); channel.send(2); await channel.receive();`);
    assertEquals(await channel.receive(), 1);
    await gw.remoteStatus();
    channel.close();
    assertEquals(await channel.receive(), 2);
    await assertRejects(() => channel.receive(), ChannelClosedError);
  });

  behaves("Channel.close() rejects a send() that still waits", async (gw) => {
    const go = gw.newChannel();
    const channel = gw.remoteExec(`await Array.fromAsync(args);`, go);
    await channel.send("unread"); // while it waits, the next item gets no more than the window
    const sending = channel.send(new Uint8Array(3_000_000));
    const failed = assertRejects(() => sending, ChannelClosedError, "before this item was sent");

    await gw.remoteStatus();
    channel.close();
    await failed;
    go.close();
  });

  behaves(
    "Channel.close() ends a receive() of the execution, which is not a failure",
    async (gw) => {
      const report = gw.newChannel();
      const channel = gw.remoteExec(
        `try { await channel.receive(); } catch (error) {
         await args.send([error.name, channel.closed]);
         throw error;
       }`,
        report,
      );
      await gw.remoteStatus();
      channel.close();
      assertEquals(await report.receive(), ["ChannelClosedError", true]);
      await channel.waitClose();
    },
  );

  behaves("Channel.close(error) rejects the peer's receive() with that error", async (gw) => {
    const report = gw.newChannel();
    const channel = gw.remoteExec(
      `try { await channel.receive(); } catch (error) {
         await args.send([error.name, error.message, error.code]);
       }`,
      report,
    );
    channel.close(Object.assign(new RangeError("no more"), { code: 7 }));
    assertEquals(await report.receive(), ["RangeError", "no more", 7]);
  });

  behaves("an execution that fails after Channel.close() makes waitClose() throw", async (gw) => {
    const channel = gw.remoteExec(`
      try { await channel.receive(); } finally { throw new Error("while cleaning up"); }
    `);
    channel.close();
    await assertRejects(() => channel.waitClose(), RemoteError, "while cleaning up");
  });

  behaves("closing the channel of an execution inside it is an error", async (gw) => {
    const channel = gw.remoteExec(`channel.close();`);
    const error = await assertRejects(() => channel.waitClose(), RemoteError);
    assertStringIncludes(error.message, "return");
    const going = gw.remoteExec(`try { channel.close(); } catch { await channel.send("open"); }`);
    assertEquals(await going.receive(), "open");
  });

  behaves("Channel.signal of an execution is aborted when its channel is closed", async (gw) => {
    const report = gw.newChannel();
    const channel = gw.remoteExec(
      `await args.send(channel.signal.aborted);
       await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
       await args.send([channel.signal.aborted, channel.closed]);`,
      report,
    );
    assertEquals(await report.receive(), false);
    channel.close();
    assertEquals(await report.receive(), [true, true]);
    await channel.waitClose();
  });

  behaves("Channel.signal is aborted on this side when the execution ends", async (gw) => {
    const channel = gw.remoteExec(`await channel.receive();`);
    const { signal } = channel;
    assertEquals(signal.aborted, false);
    const aborted = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await channel.send(1);
    await aborted;
    assertInstanceOf(signal.reason, ChannelClosedError);
    assertEquals(channel.closed, true);
  });

  behaves("Channel.waitClose() waits for the end of the execution, each time", async (gw) => {
    const channel = gw.remoteExec(`await channel.receive();`);
    await assertRejects(() => channel.waitClose({ timeout: 20 }), TimeoutError, "20 ms");
    const controller = new AbortController();
    const waiting = channel.waitClose(controller);
    controller.abort(new Error("enough"));
    await assertRejects(() => waiting, Error, "enough");
    assertEquals(channel.closed, false);
    await channel.send(1);
    await channel.waitClose({ timeout: 20_000 });
    await channel.waitClose();
    assert(channel.closed);
  });

  behaves("Channel.waitClose() throws the error of the execution, each time", async (gw) => {
    const channel = gw.remoteExec(`throw new URIError("where")`);
    for (let i = 0; i < 3; i++) {
      const error = await assertRejects(() => channel.waitClose(), RemoteError, "where");
      assertEquals(error.name, "URIError");
    }
  });

  behaves("Channel.waitClose() does not wait for items to be received", async (gw) => {
    const channel = gw.remoteExec(`for (let i = 0; i < 3; i++) await channel.send(i);`);
    await channel.waitClose();
    assertEquals(await Array.fromAsync(channel), [0, 1, 2]);
  });

  behaves(
    "Channel.waitClose() inside the execution waits for the other side, and for the callback",
    async (gw) => {
      const double = `
        const ended = args.before && channel.waitClose();
        channel.setCallback((item) => channel.send(item * 2));
        await channel.send("ready");
        await (ended || channel.waitClose());
        await channel.send("all");
      `;
      for (const before of [true, false]) {
        const channel = gw.remoteExec(double, { before });
        assertEquals(await channel.receive(), "ready");
        await channel.send(1);
        await channel.send(2);
        channel.closeSend();
        assertEquals(await Array.fromAsync(channel), [2, 4, "all"]);
        await channel.waitClose();
      }
    },
  );

  behaves(
    "Channel.waitClose() inside the execution throws what the other closes with",
    async (gw) => {
      const ends = [
        [undefined, "ChannelClosedError", "was closed by the peer"],
        [new RangeError("no more"), "RangeError", "no more"],
      ] as const;
      for (const [error, name, says] of ends) {
        const report = gw.newChannel();
        const channel = gw.remoteExec(
          `const error = await channel.waitClose().catch((error) => error);
           await args.send([error?.name, error?.message]);`,
          report,
        );
        channel.close(error);
        const [seenName, message] = await report.receive() as [string, string];
        assertEquals(seenName, name);
        assertStringIncludes(message, says);
      }
    },
  );

  behaves("sends that an execution did not await still arrive before its end", async (gw) => {
    const channel = gw.remoteExec(`for (let i = 0; i < 100; i++) channel.send(i);`);
    assertEquals(await Array.fromAsync(channel), Array.from({ length: 100 }, (_, i) => i));
  });

  behaves("a channel in `await using` is closed and waited for", async (gw) => {
    const report = gw.newChannel();
    {
      await using channel = gw.remoteExec(
        `try { await channel.receive(); } finally { await args.send("ended"); }`,
        report,
      );
      await gw.remoteStatus();
      assertEquals(channel.closed, false);
    }
    assertEquals(await report.receive(), "ended");
    assertEquals((await gw.remoteStatus()).executing, []);
  });

  behaves("Channel.send() after the end of the execution rejects", async (gw) => {
    const channel = gw.remoteExec(`return;`);
    await channel.waitClose();
    await assertRejects(() => channel.send(0), ChannelClosedError);
  });

  behaves("closing a channel made by newChannel() closes it on both sides", async (gw) => {
    const channel = gw.newChannel();
    const execution = gw.remoteExec(
      `await args.send(1); const rest = await Array.fromAsync(args);
       await channel.send([rest, args.closed]);`,
      channel,
    );
    assertEquals(await channel.receive(), 1);
    await channel.send("a");
    channel.closeSend();
    channel.close();
    assertEquals(await execution.receive(), [["a"], true]);
    await channel.waitClose();
  });
}
