import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { assert } from "../support/assert.ts";
import type { Channel } from "../../channel/channel.ts";
import { ImpureFunctionError, RemoteError, SerializationError } from "../../errors.ts";
import { type Behaviour, idle } from "./behaviour.ts";

/** `remoteExec(fn)` and `call`. */
export function functionTests(behaves: Behaviour): void {
  behaves("remoteExec() runs a function with channel and args", async (gw) => {
    const channel = gw.remoteExec(
      async (channel: Channel<number, number>, args: { add: number }) => {
        for await (const n of channel) await channel.send(n + args.add);
      },
      { add: 10 },
    );
    await channel.send(1);
    const sum: number = await channel.receive();
    assertEquals(sum, 11);
    channel.closeSend();
    await channel.waitClose();
  });

  behaves("remoteExec() runs functions of every form", async (gw) => {
    type Out = Channel<unknown, string>;
    const forms = {
      async method(channel: Out) {
        await channel.send("sent");
      },
      plain: function (channel: Out) {
        return channel.send("sent");
      },
      named: async function named(channel: Out, depth: unknown): Promise<void> {
        if (depth === undefined) return await named(channel, 1);
        await channel.send("sent");
      },
      arrow: (channel: Out) => channel.send("sent"),
      async defaults({ send }: Out | { send: Out["send"] }, [word = "sent"]: string[] = []) {
        await (send === undefined ? Promise.reject() : Promise.resolve(word));
      },
      async ["computed " + 1](channel: Out) {
        await channel.send("sent");
      },
    };
    for (const name of ["method", "plain", "named", "arrow", "computed 1"] as const) {
      const channel = gw.remoteExec(forms[name] as (channel: Out) => unknown);
      assertEquals(await Array.fromAsync(channel), ["sent"], name);
    }
    await gw.remoteExec(forms.defaults).waitClose();
  });

  behaves("a function may use what it declares, its globals, and import()", async (gw) => {
    const result = await gw.call(async (list: number[]) => {
      const { basename } = await import("node:path");
      class Sum {
        total = 0;
        add(n: number) {
          this.total += n;
          return this;
        }
      }
      const sum = list.reduce((sum, n) => sum.add(n), new Sum());
      const text = new TextDecoder().decode(new TextEncoder().encode(basename("/a/b")));
      return [sum.total, text, typeof Deno, typeof structuredClone];
    }, [1, 2, 3]);
    assertEquals(result, [6, "b", "object", "function"]);
  });

  behaves("call() returns the result of the function, sync or async", async (gw) => {
    assertEquals(await gw.call((a: number, b: number) => a + b, 1, 2), 3);
    assertEquals(await gw.call(() => Promise.resolve("later")), "later");
    assertEquals(await gw.call(() => {}), undefined);
    assertEquals(await gw.call((...all: unknown[]) => all, 1, undefined, [null]), [1, undefined, [
      null,
    ]]);
    const typed: string = await gw.call(async (n: number) => await Promise.resolve(`${n}`), 7);
    assertEquals(typed, "7");
  });

  behaves("call() rejects with RemoteError when the function throws", async (gw) => {
    const error = await assertRejects(
      () =>
        gw.call(function divide(n: number) {
          if (n === 0) throw new RangeError("by zero");
          return 1 / n;
        }, 0),
      RemoteError,
      "by zero",
    );
    assertEquals(error.name, "RangeError");
    assertMatch(error.remoteStack, /divide \(.*functions\.ts:\d+:\d+\)/);
  });

  behaves("call() rejects if the result cannot be sent, and names its type", async (gw) => {
    const error = await assertRejects(
      () => gw.call(() => ({ made: () => 1 })),
      RemoteError,
      "made",
    );
    assertEquals(error.name, "SerializationError");
  });

  behaves.shared("many calls at once each get their own result", async (gw) => {
    const results = await Promise.all(
      Array.from({ length: 200 }, (_, i) =>
        gw.call(async (i: number) => {
          await new Promise((resolve) => setTimeout(resolve, i % 3));
          return i * i;
        }, i)),
    );
    assertEquals(results, Array.from({ length: 200 }, (_, i) => i * i));
  });

  behaves(
    "a function that uses its surroundings is refused, with lines and columns",
    async (gw) => {
      const secret = 1;
      const other = 2;
      const error = assertThrows(
        () =>
          gw.remoteExec((channel) => {
            channel.send(1);
            console.log(secret);
            return other;
          }),
        ImpureFunctionError,
        "secret",
      );
      assert(error instanceof ImpureFunctionError);
      assertEquals(error.captured.map(({ name, line }) => [name, line]), [["secret", 3], [
        "other",
        4,
      ]]);
      assert(error.captured.every(({ column }) => column > 1));
      await assertRejects(() => gw.call(() => secret), ImpureFunctionError, "secret");
      assertEquals(await gw.remoteStatus(), idle(gw));
    },
  );

  behaves("functions without text are refused", async (gw) => {
    const bound = function () {}.bind(null);
    class Job {}
    for (const fn of [Math.max, bound, Job as unknown as () => void]) {
      assertThrows(() => gw.remoteExec(fn as () => void), ImpureFunctionError);
      await assertRejects(() => gw.call(fn as () => void), ImpureFunctionError);
    }
  });

  behaves("arguments that cannot be sent are refused at once, and nothing runs", async (gw) => {
    assertThrows(
      () => gw.remoteExec(`channel.send(1)`, { then: [() => {}] }),
      SerializationError,
      "args.then[0]",
    );
    assertThrows(() => gw.remoteExec(() => {}, Symbol("s")), SerializationError, "Symbol(s)");
    await assertRejects(() => gw.call((f: unknown) => f, () => {}), SerializationError, "args[0]");
    assertEquals(await gw.remoteStatus(), idle(gw));
  });

  behaves("the result of a function given to remoteExec() is awaited, but not sent", async (gw) => {
    const channel = gw.remoteExec(() => Promise.resolve("unsent"));
    assertEquals(await Array.fromAsync(channel), []);
    const failing = gw.remoteExec(() => Promise.reject(new Error("returned")));
    await assertRejects(() => failing.waitClose(), RemoteError, "returned");
  });
}
