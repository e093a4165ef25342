import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import { RemoteError } from "../../errors.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import { type Behaviour, idle } from "./behaviour.ts";

/** The peer closes a channel of newChannel() one message after this side. */
async function assertIdle(gw: Gateway): Promise<void> {
  assertEquals(await gw.remoteStatus(), idle(gw));
}

/** `remoteStatus`, `remote`, and that no channels leak. */
export function statusTests(behaves: Behaviour): void {
  behaves(
    "Gateway.remoteStatus() of an idle gateway has no channels, and leaks none",
    async (gw) => {
      for (let i = 0; i < 3; i++) await assertIdle(gw);
      assertEquals(await Promise.all([gw.remoteStatus(), gw.remoteStatus()]), [idle(gw), idle(gw)]);
    },
  );

  behaves("Gateway.remoteStatus() names the running executions", async (gw) => {
    const channels = [
      gw.remoteExec(`await channel.receive()`),
      gw.remoteExec(`await channel.receive()`, undefined, { name: "tally.ts" }),
      gw.remoteExec(async function sweep(channel) {
        await channel.receive();
      }),
    ];
    const status = await gw.remoteStatus();
    assertEquals(status.executing.toSorted(), ["remoteExec", "sweep", "tally.ts"]);
    assertEquals(status.channels, 3);
    for (const channel of channels) await channel.send(null);
    for (const channel of channels) await channel.waitClose();
    await assertIdle(gw);
  });

  behaves("the channels of executions are freed on both sides, however they end", async (gw) => {
    await gw.remoteExec(`return`).waitClose();
    await Array.fromAsync(gw.remoteExec(`channel.send(1); channel.send(2);`));
    await assertRejects(() => gw.remoteExec(`throw new Error("x")`).waitClose(), RemoteError);
    await assertRejects(() => gw.remoteExec(`not ( valid`).waitClose(), RemoteError);
    const closed = gw.remoteExec(`await channel.receive()`);
    closed.close();
    await closed.waitClose();
    const ended = gw.remoteExec(`await Array.fromAsync(channel)`);
    ended.closeSend();
    await ended.waitClose();
    await gw.call(() => 1);
    await assertRejects(() => gw.call(() => Promise.reject(new Error("x"))), RemoteError);
    await gw.remoteStatus();
    await assertIdle(gw);
  });

  behaves.shared("channels of newChannel() are freed on both sides when one closes", async (gw) => {
    const mine = gw.newChannel();
    const execution = gw.remoteExec(
      `globalThis.keep = args;
       const sub = channel.gateway.newChannel();
       await channel.send(sub);
       await channel.receive();
       sub.closeSend();
       sub.close();`,
      mine,
    );
    const theirs = await execution.receive() as typeof mine;
    assertEquals((await gw.remoteStatus()).channels, 3);
    await execution.send("go");
    await theirs.waitClose();
    await execution.waitClose();
    assertEquals((await gw.remoteStatus()).channels, 1);
    mine.close();
    await mine.waitClose();
    await assertIdle(gw);
    await gw.remoteExec(`delete globalThis.keep`).waitClose();
  });

  behaves.shared("2,000 executions one after the other leave nothing behind", async (gw) => {
    for (let batch = 0; batch < 20; batch++) {
      await Promise.all(Array.from({ length: 100 }, (_, i) => gw.call((i: number) => i, i)));
    }
    await gw.remoteStatus();
    await assertIdle(gw);
  });

  behaves("Gateway.remote describes the far side without a round trip", (gw) => {
    const { pid, deno, v8, typescript, os, arch } = gw.remote;
    assert(Number.isInteger(pid) && pid > 0);
    for (const version of [deno, v8, typescript]) assertMatch(version, /^\d+\.\d+/);
    assertEquals([os, arch], [Deno.build.os, Deno.build.arch]);
    return Promise.resolve();
  });

  behaves("a gateway, its channels and their streams can be printed", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(Deno.inspect(channel));`);
    assertMatch(Deno.inspect(gw), new RegExp(gw.id));
    assertMatch(Deno.inspect(channel), new RegExp(`${channel.id}.*${gw.id}`));
    assertMatch(String(await channel.receive()), new RegExp(`${channel.id}.*${gw.id}`));
  });
}
