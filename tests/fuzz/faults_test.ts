/** A gateway that is killed or stopped, at whatever point of its life, leaves nothing that waits. */

import { assertEquals } from "@std/assert";
import { ExecnetError, type Gateway, Group } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { PeakMemory } from "../support/mutate.ts";

const BOUND_MS = 15_000;
const MOST_MIB = 300;

/** Work that is under way when the fault comes: all of it has to end, in order or by an error. */
const PHASES: Record<string, (gw: Gateway) => Promise<unknown>> = {
  "before anything runs": () => Promise.resolve(),
  "while a call runs": (gw) => gw.call(() => new Promise((resolve) => setTimeout(resolve, 60_000))),
  "while it sends bulk": async (gw) => {
    const channel = gw.remoteExec(`for (;;) await channel.send(new Uint8Array(200_000))`);
    for await (const _ of channel);
  },
  "while it receives bulk": async (gw) => {
    const channel = gw.remoteExec(`for await (const _ of channel);`);
    for (;;) await channel.send(new Uint8Array(200_000));
  },
  "while nobody reads what it sends": (gw) =>
    gw.remoteExec(`for (;;) await channel.send("x".repeat(10_000))`).waitClose(),
  "while an item is unfinished": async (gw) => {
    const channel = gw.remoteExec(`await channel.send(new Uint8Array(50_000_000)); for (;;);`);
    await channel.receive();
    await channel.receive();
  },
  "while channels are sent over channels": async (gw) => {
    const channel = gw.remoteExec(
      `for (;;) { const one = channel.gateway.newChannel(); await channel.send(one); await one.send(1); }`,
    );
    for await (const one of channel) await (one as typeof channel).receive();
  },
  "while an isolated execution starts": (gw) =>
    gw.remoteExec(`await channel.receive()`, undefined, { isolate: true }).waitClose(),
  "while it ends": async (gw) => {
    gw.exit();
    await gw.closed;
  },
};

const FAULTS: Record<string, (gw: Gateway) => void> = {
  "is killed": (gw) => Deno.kill(gw.remote.pid, "SIGKILL"),
  "is asked to end by a signal": (gw) => Deno.kill(gw.remote.pid, "SIGTERM"),
  "is stopped and then terminated": (gw) => Deno.kill(gw.remote.pid, "SIGSTOP"),
};

for (const [fault, cause] of Object.entries(FAULTS)) {
  test(`a gateway that ${fault} at any phase leaves no wait and no process`, async () => {
    const memory = new PeakMemory();
    await using group = new Group();
    const other = await group.makeGateway("popen");
    for (const [i, [phase, run]] of Object.entries(PHASES).entries()) {
      const gw = await group.makeGateway({ popen: true, output: "null" });
      const work = run(gw).then(() => undefined, (error) => error);
      // So each phase meets the fault at another time, and some at once.
      if (i % 2 === 0) await other.call((ms) => new Promise((done) => setTimeout(done, ms)), 5 * i);
      try {
        cause(gw);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error; // it has ended already
      }
      const end = gw.terminate({ timeout: 0 });
      const error = await inTime(`what waits ${phase}`, work, BOUND_MS);
      assert(error === undefined || error instanceof ExecnetError, `${phase}: ${error}`);
      await inTime(`the end of the gateway ${phase}`, end, BOUND_MS);
      memory.look();
    }
    const grown = memory.report(`${Object.keys(PHASES).length} gateways`);
    assert(grown < MOST_MIB);
    assertEquals(await other.call(() => 42), 42);
  });
}
