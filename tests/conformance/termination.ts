import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import type { Channel } from "../../channel/channel.ts";
import { GatewayClosedError } from "../../errors.ts";
import type { Behaviour } from "./behaviour.ts";

/** `exit`, `terminate`, `closed`. */
export function terminationTests(behaves: Behaviour): void {
  behaves("Gateway.terminate() says how the gateway ended, the same each time", async (gw) => {
    const exit = await gw.terminate();
    assertEquals(exit, { reason: "exit", code: 0, signal: null, stderrTail: [] });
    assertEquals(await gw.terminate(), exit);
    assertEquals(await gw.closed, exit);
    gw.exit();
  });

  behaves("Gateway.terminate() called twice at once ends it once", async (gw) => {
    const [a, b] = await Promise.all([gw.terminate(), gw.terminate({ timeout: 1000 })]);
    assertEquals(a, b);
  });

  behaves("everything rejects with GatewayClosedError after the end of the gateway", async (gw) => {
    const channel = gw.remoteExec(
      `await channel.send(0); await channel.send(1); await new Promise(() => {});`,
    );
    assertEquals(await channel.receive(), 0);
    const callback = gw.newChannel();
    const marked = Promise.withResolvers<unknown>();
    callback.setCallback(marked.resolve, { endMarker: "end" });
    await gw.remoteStatus();
    const receiving = [
      channel.waitClose(),
      gw.newChannel().receive(),
      gw.call(() => new Promise(() => {})),
    ];
    const rejected = Promise.all(
      receiving.map((promise) => assertRejects(() => promise, GatewayClosedError)),
    );
    await gw.terminate();
    await rejected;
    assertEquals(await marked.promise, "end");
    assertEquals(await channel.receive(), 1);
    await assertRejects(() => channel.receive(), GatewayClosedError);
    await assertRejects(() => channel.send(1), GatewayClosedError);
    await assertRejects(() => channel.waitClose(), GatewayClosedError);
    await assertRejects(() => gw.remoteStatus(), GatewayClosedError);
    await assertRejects(() => gw.call(() => 1), GatewayClosedError);
    assertThrows(() => gw.remoteExec(`1`), GatewayClosedError);
    assertThrows(() => gw.newChannel(), GatewayClosedError);
    assertEquals(channel.closed, true);
    assertEquals(channel.signal.aborted, true);
  });

  behaves("Gateway.exit() lets executions end in order, and send their last items", async (gw) => {
    const channel = gw.remoteExec(
      `
      await channel.send("begun");
      await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
      await args.send("last words");
      args.close();
    `,
      gw.newChannel(),
    );
    assertEquals(await channel.receive(), "begun");
    gw.exit();
    assertThrows(() => gw.remoteExec(`1`), GatewayClosedError);
    assertEquals((await gw.closed).reason, "exit");
  });

  behaves("Gateway.exit() ends an execution that waits for an item", async (gw) => {
    gw.remoteExec(`await channel.receive();`);
    await gw.remoteStatus();
    const start = performance.now();
    gw.exit();
    await gw.closed;
    assertEquals(performance.now() - start < 900, true);
  });

  for (const isolate of [false, true]) {
    const kind = isolate ? "an isolated execution" : "an execution";
    behaves(`Gateway.terminate() gives ${kind} up to its timeout to stop`, async (gw) => {
      const words = gw.newChannel();
      const source = `try {
          await channel.send("begun");
          await channel.receive();
        } finally {
          await new Promise((resolve) => setTimeout(resolve, 1_500));
          await args.send("stopped");
        }`;
      const channel = gw.remoteExec(source, words, { isolate });
      assertEquals(await channel.receive(), "begun");
      assertEquals((await gw.terminate({ timeout: 20_000 })).reason, "exit");
      assertEquals(await words.receive(), "stopped");
    });

    behaves(`Gateway.exit() lets a call of ${kind} end, and its result arrives`, async (gw) => {
      const begun = gw.newChannel<string>();
      const slow = async (begun: Channel<unknown, string>) => {
        await begun.send("begun");
        await new Promise((resolve) => setTimeout(resolve, 300));
        return new Uint8Array(3_000_000); // more than a window
      };
      const result = gw.callWith({ isolate }, slow, begun);
      assertEquals(await begun.receive(), "begun");
      gw.exit();
      assertEquals((await result).length, 3_000_000);
      assertEquals((await gw.closed).reason, "exit");
    });
  }

  behaves("a call that does not end in time fails with the gateway, and is named", async (gw) => {
    const begun = gw.newChannel<string>();
    const hang = async (begun: Channel<unknown, string>) => {
      await begun.send("begun");
      await new Promise(() => {});
    };
    const result = assertRejects(
      () => gw.call(hang, begun),
      GatewayClosedError,
      "while it ran hang, which did not end within the 100 ms for that",
    );
    assertEquals(await begun.receive(), "begun");
    await gw.terminate({ timeout: 100 });
    await result;
  });

  behaves("items sent before the end of the gateway are still received", async (gw) => {
    const words = gw.newChannel();
    const channel = gw.remoteExec(
      `await channel.send("begun");
       await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));
       for (let i = 0; i < 1000; i++) args.send(i);`,
      words,
    );
    assertEquals(await channel.receive(), "begun");
    await gw.terminate();
    const seen: unknown[] = [];
    await assertRejects(async () => {
      for await (const item of words) seen.push(item);
    }, GatewayClosedError);
    assertEquals(seen, Array.from({ length: 1000 }, (_, i) => i));
  });
}
