import {
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import type { Channel } from "../../channel/channel.ts";
import { ChannelClosedError, RemoteError } from "../../errors.ts";
import { type Behaviour, idle } from "./behaviour.ts";

const ECHO_ONE = `await channel.send(await channel.receive());`;

/** Concurrent executions, and their cancellation. */
export function executionTests(behaves: Behaviour): void {
  behaves("executions interleave on one gateway", async (gw) => {
    const channels = Array.from({ length: 20 }, () => gw.remoteExec(ECHO_ONE));
    for (const [i, channel] of channels.toReversed().entries()) {
      await channel.send(i);
      assertEquals(await channel.receive(), i);
    }
    await Promise.all(channels.map((channel) => channel.waitClose()));
  });

  behaves("executions that send at the same time do not mix their items", async (gw) => {
    const channels = Array.from(
      { length: 5 },
      (_, i) =>
        gw.remoteExec(`for (let i = 0; i < 100; i++) await channel.send(args + "x".repeat(i));`, i),
    );
    const received = await Promise.all(channels.map((channel) => Array.fromAsync(channel)));
    for (const [i, items] of received.entries()) {
      assertEquals(items, Array.from({ length: 100 }, (_, n) => i + "x".repeat(n)));
    }
  });

  behaves("an execution that fails does not affect the others", async (gw) => {
    const going = gw.remoteExec(ECHO_ONE);
    const failing = gw.remoteExec(`throw new Error("mine alone")`);
    await assertRejects(() => failing.waitClose(), RemoteError, "mine alone");
    await going.send("ok");
    assertEquals(await going.receive(), "ok");
  });

  behaves("a declaration of one execution is not seen by another", async (gw) => {
    await gw.remoteExec(`const hidden = 1; var alsoHidden = 2; function third() {}`).waitClose();
    const channel = gw.remoteExec(
      `await channel.send([typeof hidden, typeof alsoHidden, typeof third]);`,
    );
    assertEquals(await channel.receive(), ["undefined", "undefined", "undefined"]);
  });

  behaves("channel and args are bound, and only sent code has a channel", async (gw) => {
    const channel = gw.remoteExec(
      `await channel.send([typeof channel !== "undefined", args, channel.gateway.id]);`,
      { list: [1, 2] },
    );
    assertEquals(await channel.receive(), [true, { list: [1, 2] }, gw.id]);
    const bare = gw.remoteExec(`await channel.send(args);`);
    assertEquals(await bare.receive(), undefined);
  });

  behaves("Channel.gateway is the gateway", async (gw) => {
    const channel = gw.remoteExec(ECHO_ONE);
    assertStrictEquals(channel.gateway, gw);
    assertStrictEquals(gw.newChannel().gateway, gw);
    channel.close();
    await channel.waitClose();
  });

  behaves("remoteExec() with a signal: aborting asks the execution to stop", async (gw) => {
    const controller = new AbortController();
    const report = gw.newChannel();
    const channel = gw.remoteExec(
      `await channel.send("begun");
       await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
       await args.send("stopped");`,
      report,
      { signal: controller.signal },
    );
    assertEquals(await channel.receive(), "begun");
    controller.abort(new Error("not needed any more"));
    assertEquals(channel.closed, true);
    assertEquals(await report.receive(), "stopped");
    await channel.waitClose();
    assertEquals((await gw.remoteStatus()).executing, []);
  });

  behaves(
    "remoteExec() with a signal: waits on this side reject with the reason of the abort",
    async (gw) => {
      const controller = new AbortController();
      const channel = gw.remoteExec(ECHO_ONE, undefined, { signal: controller.signal });
      const waiting = channel.receive();
      const reason = new Error("not needed any more");
      controller.abort(reason);
      for (const use of [() => waiting, () => channel.receive(), () => channel.send(1)]) {
        const error = await assertRejects(use, ChannelClosedError, "not needed any more");
        assertMatch(
          error.message,
          /channel \d+ of \S+ was closed, as the signal of its remoteExec/,
        );
        assertStrictEquals(error.cause, reason);
      }
      assertStrictEquals(channel.signal.reason.cause, reason);
    },
  );

  behaves(
    "remoteExec() with a signal: what it cut short does not look like a whole",
    async (gw) => {
      const reads = [
        (channel: Channel) => channel,
        (channel: Channel) => channel.readable,
      ];
      for (const read of reads) {
        const controller = new AbortController();
        const channel = gw.remoteExec(
          `await channel.send(1); await channel.send(2); await channel.receive();`,
          undefined,
          { signal: controller.signal },
        );
        const items: unknown[] = [];
        const iterate = async () => {
          for await (const item of read(channel)) {
            if (items.push(item) === 2) setTimeout(() => controller.abort(new Error("too late")));
          }
        };
        const error = await assertRejects(iterate, ChannelClosedError, "too late");
        assertStrictEquals(error.cause, controller.signal.reason);
        assertEquals(items, [1, 2]);
        await channel.waitClose();
      }
      const left = gw.remoteExec(`await channel.receive();`);
      const iterating = Array.fromAsync(left);
      left.close();
      await assertRejects(() => iterating, ChannelClosedError, "closed by this side");
    },
  );

  behaves("an execution that throws the reason of its cancellation has not failed", async (gw) => {
    const begin = async (code: string, signal?: AbortSignal) => {
      const channel = gw.remoteExec(`await channel.send("begun"); ${code}`, undefined, { signal });
      assertEquals(await channel.receive(), "begun");
      return channel;
    };
    for (const code of [`await channel.receive();`, `for await (const _ of channel);`]) {
      const controller = new AbortController();
      const aborted = await begin(code, controller.signal);
      controller.abort();
      await aborted.waitClose();
      const closed = await begin(code);
      closed.close(new RangeError("enough"));
      await closed.waitClose();
    }
    const failing = await begin(
      `try { await channel.receive(); } catch ({ name }) { throw new URIError(name + " seen"); }`,
    );
    failing.close(new RangeError("enough"));
    await assertRejects(() => failing.waitClose(), RemoteError, "RangeError seen");
  });

  behaves("remoteExec() with an aborted signal throws its reason and runs nothing", async (gw) => {
    const reason = new Error("never");
    const error = assertThrows(() =>
      gw.remoteExec(ECHO_ONE, undefined, { signal: AbortSignal.abort(reason) })
    );
    assertStrictEquals(error, reason);
    assertEquals(await gw.remoteStatus(), idle(gw));
  });

  behaves("a signal aborted after the end of the execution changes nothing", async (gw) => {
    const controller = new AbortController();
    const channel = gw.remoteExec(`await channel.send(1);`, undefined, controller);
    await channel.waitClose();
    controller.abort();
    assertEquals(await channel.receive(), 1);
  });

  behaves(
    "a promise that an execution forgot fails that execution, and no other",
    async (gw) => {
      if (gw.remote.pid === Deno.pid) return; // in this process the error would fail the test itself
      const other = gw.remoteExec(ECHO_ONE);
      for (
        const source of [
          `Promise.reject(new RangeError("forgotten")); await channel.receive();`,
          `setTimeout(() => { throw new RangeError("forgotten"); }); await channel.receive();`,
        ]
      ) {
        const channel = gw.remoteExec(source, undefined, { name: "forgetful" });
        const error = await assertRejects(() => channel.receive(), RemoteError, "forgotten");
        assertEquals(error.name, "RangeError");
        await assertRejects(() => channel.waitClose(), RemoteError, "forgotten");
      }
      await other.send("on");
      assertEquals(await other.receive(), "on");
      assertEquals(await gw.call(() => 1), 1);
    },
  );
}
