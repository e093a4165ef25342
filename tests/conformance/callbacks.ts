import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { assert } from "../support/assert.ts";
import { Channel } from "../../channel/channel.ts";
import { ExecnetError, RemoteError } from "../../errors.ts";
import { until } from "../support/deadline.ts";
import type { Behaviour } from "./behaviour.ts";

const ECHO = `for await (const item of channel) await channel.send(item);`;

/** `setCallback`. */
export function callbackTests(behaves: Behaviour): void {
  behaves(
    "Channel.setCallback() delivers queued items first, then each as it is received",
    async (gw) => {
      const channel = gw.remoteExec(`
      channel.send(1); channel.send(2); await channel.receive(); await channel.send(3);
    `);
      assertEquals(await channel.receive(), 1);
      await gw.remoteStatus();
      const seen: unknown[] = [];
      channel.setCallback((item) => seen.push(item));
      assertEquals(seen, [2]);
      await channel.send("go");
      await channel.waitClose();
      assertEquals(seen, [2, 3]);
    },
  );

  behaves("Channel.receive() and iteration throw after setCallback()", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    channel.setCallback(() => {});
    await assertRejects(() => channel.receive(), ExecnetError, "callback");
    await assertRejects(() => Array.fromAsync(channel), ExecnetError, "callback");
    assertThrows(() => channel.setCallback(() => {}), ExecnetError, "callback");
    assertEquals(channel.closed, false);
    channel.closeSend();
    await channel.waitClose();
  });

  behaves("Channel.setCallback() is refused while a receive waits", async (gw) => {
    const channel = gw.remoteExec(ECHO);
    const waiting = channel.receive();
    assertThrows(() => channel.setCallback(() => {}), ExecnetError, "wait");
    await channel.send(1);
    assertEquals(await waiting, 1);
    const seen: unknown[] = [];
    channel.setCallback((item) => seen.push(item));
    await channel.send(2);
    channel.closeSend();
    await channel.waitClose();
    assertEquals(seen, [2]);
  });

  behaves("a callback receives channels, and the end marker last", async (gw) => {
    const channel = gw.remoteExec(`
      await channel.send(42);
      await channel.send(channel.gateway.newChannel());
    `);
    const seen: unknown[] = [];
    channel.setCallback((item) => seen.push(item), { endMarker: 999 });
    await channel.waitClose();
    assertEquals(seen.length, 3);
    assertEquals([seen[0], seen[2]], [42, 999]);
    assert(seen[1] instanceof Channel);
  });

  behaves("the end marker comes last after an error, too, which waitClose() throws", async (gw) => {
    const channel = gw.remoteExec(`channel.send(1); throw new RangeError("bad")`);
    const seen: unknown[] = [];
    channel.setCallback((item) => seen.push(item), { endMarker: "end" });
    await assertRejects(() => channel.waitClose(), RemoteError, "bad");
    assertEquals(seen, [1, "end"]);
  });

  behaves("undefined can be an end marker, and by default there is none", async (gw) => {
    for (const options of [{ endMarker: undefined }, {}, undefined]) {
      const channel = gw.remoteExec(`await channel.send(1);`);
      const seen: unknown[] = [];
      channel.setCallback((item) => seen.push(item), options);
      await channel.waitClose();
      assertEquals(seen, options !== undefined && "endMarker" in options ? [1, undefined] : [1]);
    }
  });

  behaves(
    "a callback set after the end receives the queued items and the end marker",
    async (gw) => {
      const channel = gw.remoteExec(`await channel.send(1); await channel.send(2);`);
      await channel.waitClose();
      const seen: unknown[] = [];
      channel.setCallback((item) => seen.push(item), { endMarker: "end" });
      await channel.waitClose();
      assertEquals(seen, [1, 2, "end"]);
    },
  );

  behaves("the end marker comes when this side closes, or the peer half-closes", async (gw) => {
    for (const end of ["closed here", "ended there"]) {
      const channel = gw.remoteExec(
        `
        if (args === "ended there") channel.closeSend();
        await Array.fromAsync(channel);
      `,
        end,
      );
      const marked = Promise.withResolvers<unknown>();
      channel.setCallback(marked.resolve, { endMarker: end });
      if (end === "closed here") channel.close();
      assertEquals(await marked.promise, end);
      channel.close();
      await channel.waitClose();
    }
  });

  behaves("an async callback is awaited, so that it runs for one item at a time", async (gw) => {
    const channel = gw.remoteExec(`for (let i = 0; i < 20; i++) channel.send(i);`);
    let running = 0;
    const seen: unknown[] = [];
    channel.setCallback(async (item) => {
      assertEquals(++running, 1);
      await new Promise((resolve) => setTimeout(resolve));
      seen.push(item);
      running--;
    }, { endMarker: "end" });
    await channel.waitClose();
    assertEquals(seen, [...Array.from({ length: 20 }, (_, i) => i), "end"]);
  });

  behaves("Channel.waitClose() waits until the callback has run", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(42);`);
    const go = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    channel.setCallback(async (item) => {
      await go.promise;
      seen.push(item);
    });
    const closed = channel.waitClose().then(() => [...seen]);
    await until("the end", () => channel.closed);
    assertEquals(await Promise.race([closed, gw.remoteStatus().then(() => "waits")]), "waits");
    go.resolve();
    assertEquals(await closed, [42]);
  });

  behaves("a slow callback holds the sender back", async (gw) => {
    const count = gw.newChannel();
    const channel = gw.remoteExec(
      `let sent = 0;
       args.setCallback(() => args.send(sent));
       for (let i = 0; i < 100; i++) { await channel.send(new Uint8Array(100_000)); sent++; }`,
      count,
    );
    const go = Promise.withResolvers<void>();
    let taken = 0;
    channel.setCallback(() => (taken++, go.promise));
    let before: unknown;
    let sent: unknown = -1;
    for (let same = 0; same < 5; same = sent === before ? same + 1 : 0) {
      before = sent;
      await count.send("?");
      sent = await count.receive();
    }
    assert(Number(sent) < 30, `${sent} blocks of 100 kB were sent to a callback that stands still`);
    go.resolve();
    await channel.waitClose();
    assertEquals(taken, 100);
  });

  behaves.shared("a callback outlives the handle of its channel", async (gw) => {
    const seen: unknown[] = [];
    const all = Promise.withResolvers<void>();
    const channel = gw.remoteExec(`
      const sub = await channel.receive();
      (async () => {
        for (let i = 0; i < 5; i++) {
          await new Promise((resolve) => setTimeout(resolve));
          await sub.send(i * 100);
        }
        sub.close();
      })();
    `);
    {
      const sub = gw.newChannel();
      sub.setCallback((item) => item === null ? all.resolve() : seen.push(item), {
        endMarker: null,
      });
      await channel.send(sub);
    }
    await channel.waitClose();
    await all.promise;
    assertEquals(seen, [0, 100, 200, 300, 400]);
  });

  for (const kind of ["throws", "rejects"]) {
    behaves(`a callback that ${kind} closes the peer's side with that error`, async (gw) => {
      const report = gw.newChannel();
      const channel = gw.remoteExec(
        `await channel.send(1); await channel.send(2);
         try { await channel.receive(); } catch (error) {
           await args.send([error.name, error.message]);
         }`,
        report,
      );
      let calls = 0;
      channel.setCallback(() => {
        calls++;
        if (kind === "rejects") return Promise.reject(new RangeError("no room"));
        throw new RangeError("no room");
      });
      assertEquals(await report.receive(), ["RangeError", "no room"]);
      await assertRejects(() => channel.waitClose(), RangeError, "no room");
      assertEquals(calls, 1);
      assertEquals(await gw.call((a: number) => a, 5), 5);
    });
  }

  behaves(
    "a callback of the remote side that throws closes our side with that error",
    async (gw) => {
      const channel = gw.remoteExec(`
      const sub = channel.gateway.newChannel();
      sub.setCallback((item) => { throw new RangeError("got " + item); });
      await channel.send(sub);
      await channel.receive();
      await channel.send(sub.closed);
    `);
      const sub = await channel.receive();
      assert(sub instanceof Channel);
      await sub.send(42);
      const error = await assertRejects(() => sub.waitClose(), RemoteError, "got 42");
      assertEquals(error.name, "RangeError");
      await channel.send(1);
      assertEquals(await channel.receive(), true);
    },
  );

  behaves("an execution whose own callback throws closes with that error", async (gw) => {
    const channel = gw.remoteExec(`
      channel.setCallback(() => { throw new TypeError("not that"); });
      await channel.waitClose().catch(() => {});
    `);
    await channel.send(1);
    const error = await assertRejects(() => channel.receive(), RemoteError, "not that");
    assertEquals(error.name, "TypeError");
  });
}
