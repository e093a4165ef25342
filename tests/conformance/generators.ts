import { assertEquals, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import type { Channel } from "../../channel/channel.ts";
import { RemoteError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

type Plain = Channel<unknown, unknown>;

/** Async generators as remote functions. */
export function generatorTests(behaves: Behaviour): void {
  behaves("an async generator sends what it yields", async (gw) => {
    const channel = gw.remoteExec(async function* (_channel: Plain, count: number) {
      for (let i = 0; i < count; i++) yield { i };
    }, 3);
    assertEquals(await Array.fromAsync(channel), [{ i: 0 }, { i: 1 }, { i: 2 }]);
    await channel.waitClose();
  });

  behaves(
    "an async generator gives a channel of what it yields, whatever it declares",
    async (gw) => {
      const plain = gw.remoteExec(async function* (_channel, to: number) {
        yield to;
      }, 3);
      const three: number = await plain.receive();
      const typed = gw.remoteExec(async function* (channel: Channel<string>) {
        yield (await channel.receive()).length;
      });
      await typed.send("four");
      const four: number = await typed.receive();
      assertEquals([three, four], [3, 4]);
    },
  );

  behaves("an async generator that throws closes the channel with that error", async (gw) => {
    const channel = gw.remoteExec(async function* () {
      yield await Promise.resolve(1);
      throw new RangeError("dry");
    });
    assertEquals(await channel.receive(), 1);
    const error = await assertRejects(() => channel.receive(), RemoteError, "dry");
    assertEquals(error.name, "RangeError");
  });

  behaves("an async generator that yields something that cannot be sent fails", async (gw) => {
    const report = gw.newChannel();
    const channel = gw.remoteExec(async function* (_channel: Plain, report: Plain) {
      try {
        yield () => 1;
      } finally {
        await report.send("cleaned up");
      }
    }, report);
    const error = await assertRejects(() => channel.receive(), RemoteError, "function");
    assertEquals(error.name, "SerializationError");
    assertEquals(await report.receive(), "cleaned up");
  });

  behaves("an endless async generator runs ahead only as far as the window allows", async (gw) => {
    const count = gw.newChannel();
    const channel = gw.remoteExec(async function* (_channel: Plain, count: Plain) {
      let made = 0;
      count.setCallback(() => count.send(made));
      while (true) {
        made++;
        yield new Uint8Array(100_000);
      }
    }, count);
    let before: unknown;
    let made: unknown = -1;
    for (let same = 0; same < 5; same = made === before ? same + 1 : 0) {
      before = made;
      await count.send("?");
      made = await count.receive();
    }
    assert(Number(made) < 30, `${made} blocks of 100 kB were made for nobody`);
    for (let i = 0; i < 50; i++) await channel.receive();
    channel.close();
    await channel.waitClose();
  });

  behaves("closing the channel of an async generator runs its finally", async (gw) => {
    const report = gw.newChannel();
    const channel = gw.remoteExec(async function* (_channel: Plain, report: Plain) {
      try {
        for (let i = 0;; i++) yield i;
      } finally {
        await report.send("cleaned up");
      }
    }, report);
    assertEquals(await channel.receive(), 0);
    channel.close();
    assertEquals(await report.receive(), "cleaned up");
    await channel.waitClose();
    assertEquals((await gw.remoteStatus()).executing, []);
  });

  behaves("an async generator can receive on its channel", async (gw) => {
    const channel = gw.remoteExec(async function* (channel: Channel<number, unknown>) {
      for await (const n of channel) yield n * 2;
    });
    for (const n of [1, 2, 3]) await channel.send(n);
    channel.closeSend();
    assertEquals(await Array.fromAsync(channel), [2, 4, 6]);
  });
}
