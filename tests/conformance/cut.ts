import { assertEquals, assertRejects } from "@std/assert";
import { type Channel, ChannelClosedError, GatewayClosedError } from "../../mod.ts";
import type { Gateway } from "../../gateway/gateway.ts";
import type { Behaviour } from "./behaviour.ts";

/** Reads all that comes on a channel, in each way that there is, and resolves where it looks whole. */
const READERS: Record<string, string> = {
  "an iteration": `await Array.fromAsync(channel);`,
  "readable": `await Array.fromAsync(channel.readable);`,
  "waitClose()": `channel.setCallback(() => {}); await channel.waitClose();`,
  "onError": `await new Promise((resolve, reject) => {
    let failure;
    channel.setCallback((item) => item === null && (failure ? reject(failure) : resolve()), {
      endMarker: null,
      onError: (error) => failure = error,
    });
  });`,
};

/** Executions that send without an end. */
const ENDLESS: Record<string, (gw: Gateway) => Channel<number>> = {
  "a loop": (gw) => gw.remoteExec(`for (let n = 0;; n++) await channel.send(n);`),
  "a generator": (gw) =>
    gw.remoteExec(async function* () {
      for (let n = 0;; n++) yield n;
    }),
};

const NEAR_READERS: ((channel: Channel<number>) => Promise<unknown>)[] = [
  async (channel) => {
    for await (const _ of channel);
  },
  async (channel) => {
    for await (const _ of channel.readable);
  },
  async (channel) => {
    channel.setCallback(() => {});
    await channel.waitClose();
  },
];

/** Source text that reports, over `args`, how `read` has ended. */
function farSide(read: string): string {
  return `try { ${read} await args.send("whole"); } catch (error) { await args.send(error.name); }`;
}

/** A stream that was cut never looks whole, at either side. */
export function cutTests(behaves: Behaviour): void {
  for (const [reader, read] of Object.entries(READERS)) {
    behaves(
      `${reader} at the far side rejects where this side closes in the middle`,
      async (gw) => {
        const report = gw.newChannel<string>();
        const channel = gw.remoteExec(farSide(read), report);
        await channel.send("half of it");
        channel.close();
        assertEquals(await report.receive(), "ChannelClosedError");
        await channel.waitClose();
      },
    );

    behaves(`${reader} at the far side ends where this side has half-closed`, async (gw) => {
      const report = gw.newChannel<string>();
      const channel = gw.remoteExec(farSide(read), report);
      await channel.send("all of it");
      channel.closeSend();
      assertEquals(await report.receive(), "whole");
      await channel.waitClose();
    });
  }

  behaves.shared("an iteration at the far side rejects where the gateway is to end", async (gw) => {
    const report = gw.newChannel<string>();
    const channel = gw.remoteExec(farSide(READERS["an iteration"]), report);
    await channel.send("half of it");
    await gw.remoteStatus();
    gw.exit();
    assertEquals(await report.receive(), "GatewayClosedError");
  });

  for (const [sender, send] of Object.entries(ENDLESS)) {
    for (const end of ["exit", "terminate"] as const) {
      behaves(`what ${sender} sends is cut by ${end}(), and each reader rejects`, async (gw) => {
        const channels = NEAR_READERS.map(() => send(gw));
        const readings = channels.map(async (channel, n) => {
          await channel.receive();
          return [channel, NEAR_READERS[n]] as const;
        });
        const started = await Promise.all(readings);
        const reading = Promise.all(
          started.map(([channel, read]) => assertRejects(() => read(channel), GatewayClosedError)),
        );
        await gw[end]();
        await reading;
      });
    }
  }

  behaves("an iteration rejects where another part of this side closes the channel", async (gw) => {
    const channel = gw.remoteExec(`await channel.send(1); await channel.receive();`);
    const reading = Array.fromAsync(channel);
    await gw.remoteStatus();
    channel.close();
    await assertRejects(() => reading, ChannelClosedError, "closed by this side");
  });
}
