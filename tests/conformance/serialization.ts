import { assertEquals, assertRejects } from "@std/assert";
import { RemoteError, SerializationError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

class Socket {
  fd = 3;
}

const users = [0, 1, 2, { socket: new Socket() }];

const REFUSED: readonly [item: unknown, message: string][] = [
  [{ users }, "cannot send item.users[3].socket: class Socket"],
  [() => 1, "cannot send item: function"],
  [{ f: function named() {} }, "item.f: function named"],
  [[Symbol("sign")], "item[0]: Symbol(sign)"],
  [Socket, "item: class Socket"],
  [{ "odd key": Promise.resolve() }, `item["odd key"]: class Promise`],
  [new WeakMap(), "class WeakMap"],
  [new Map([["k", new Socket()]]), "class Socket"],
  [new Map([[new Socket(), 1]]), "class Socket"],
  [new Set([[new Socket()]]), "class Socket"],
  [new Error("e", { cause: new Socket() }), "item.cause: class Socket"],
  [Object.assign(new Error("e"), { handle: new Socket() }), "item.handle: class Socket"],
];

/** Items that cannot be sent. */
export function serializationTests(behaves: Behaviour): void {
  behaves(
    "Channel.send() rejects an item that cannot be sent, with its path and type",
    async (gw) => {
      const channel = gw.remoteExec(`for await (const item of channel) await channel.send(item);`);
      for (const [item, message] of REFUSED) {
        await assertRejects(() => channel.send(item), SerializationError, message);
      }
      await channel.send("still open");
      assertEquals(await channel.receive(), "still open");
      assertEquals(channel.closed, false);
    },
  );

  behaves("Channel.send() refuses a cycle with a clear message", async (gw) => {
    const channel = gw.remoteExec(`for await (const item of channel) await channel.send(item);`);
    const cycle: Record<string, unknown> = { list: [] };
    (cycle.list as unknown[]).push({ back: cycle });
    await assertRejects(() => channel.send(cycle), SerializationError, "cycle");
    const map = new Map<unknown, unknown>();
    map.set("self", map);
    await assertRejects(() => channel.send(map), SerializationError, "cycle");
    await channel.send(1);
    assertEquals(await channel.receive(), 1);
  });

  behaves("items nest up to 1,000 levels, and deeper ones are refused", async (gw) => {
    const nested = (levels: number) => {
      let item: unknown = "core";
      for (let i = 0; i < levels; i++) item = i % 2 === 0 ? [item] : { item };
      return item;
    };
    assertEquals(await gw.call((item: unknown) => item, nested(999)), nested(999));
    const channel = gw.remoteExec(`await channel.receive();`);
    await assertRejects(() => channel.send(nested(100_000)), SerializationError, "1000");
    await channel.send(1);
    await channel.waitClose();
  });

  behaves(
    "an execution that sends what cannot travel gets the error, and may go on",
    async (gw) => {
      const going = gw.remoteExec(`
      try { await channel.send({ a: [() => 1] }); } catch (error) {
        await channel.send([error.name, error.message]);
      }
    `);
      assertEquals(await going.receive(), [
        "SerializationError",
        "cannot send item.a[0]: function (anonymous)",
      ]);
      const failing = gw.remoteExec(`await channel.send(Symbol("x"));`);
      const error = await assertRejects(() => failing.receive(), RemoteError, "Symbol(x)");
      assertEquals(error.name, "SerializationError");
    },
  );

  behaves("a getter that throws fails only that send()", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(await channel.receive());`);
    const item = {
      get broken(): never {
        throw new RangeError("in the getter");
      },
    };
    await assertRejects(() => channel.send(item), Error, "in the getter");
    await channel.send(2);
    assertEquals(await channel.receive(), 2);
  });
}
