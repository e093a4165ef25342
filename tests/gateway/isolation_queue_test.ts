/** Many isolated executions at once: they start a few at a time. */

import { assertEquals, assertRejects } from "@std/assert";
import { type Channel, type Gateway, GatewayClosedError, LaunchError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { makeMemoryGateway } from "../support/memory_gateway.ts";

const AT_ONCE = 4 * navigator.hardwareConcurrency;
/** A terminate() with this timeout does not wait for the executions that have started. */
const NO_GRACE = { timeout: 900 } as const;
/** Such executions have no spare process, so each start belongs to one of them. */
const OPTIONS = { permissions: {} } as const;

/** A gateway whose isolated executions are up when the test lets them. */
class Held implements AsyncDisposable {
  /** Lets all started executions come up. */
  readonly started: (() => void)[] = [];
  /** From now on each execution is up as soon as it is started. */
  isOpen = false;
  /** From now on no start succeeds. */
  breaks: Error | undefined;

  private constructor(readonly gateway: Gateway) {}

  static async make(connectTimeout = 30_000): Promise<Held> {
    let held: Held | undefined;
    const gateway = await makeMemoryGateway({ connectTimeout }, () => held?.opening());
    return held = new Held(gateway);
  }

  opening(): Promise<void> | undefined {
    if (this.breaks !== undefined) throw this.breaks;
    return this.isOpen ? undefined : new Promise((resolve) => void this.started.push(resolve));
  }

  /** Fills all slots of the start queue. */
  fill(): Channel[] {
    const channels = Array.from({ length: AT_ONCE }, () => this.run());
    assertEquals(this.started.length, AT_ONCE);
    return channels;
  }

  run(signal?: AbortSignal): Channel {
    const source = `for await (const item of channel) await channel.send([args, item]);`;
    return this.gateway.remoteExec(source, this.started.length, { ...OPTIONS, signal });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.terminate({ timeout: 0 });
  }
}

test("isolated executions start a few at a time, and all run with the items sent to them", async () => {
  await using held = await Held.make();
  held.fill();
  const waiting = [held.run(), held.run(), held.run()];
  assertEquals(held.started.length, AT_ONCE);
  const sent = waiting.map(async (channel) => {
    for (let n = 0; n < 100; n++) await channel.send(n);
    channel.closeSend();
  });
  held.started[0]();
  await until("the next start", () => held.started.length === AT_ONCE + 1);
  held.started[1]();
  held.started[AT_ONCE]();
  await until("two more", () => held.started.length === AT_ONCE + 3);
  for (const start of held.started) start();
  await Promise.all(sent);
  for (const channel of waiting) {
    assertEquals(
      await Array.fromAsync(channel),
      Array.from({ length: 100 }, (_, n) => [AT_ONCE, n]),
    );
  }
});

test("an execution that is closed or aborted in the start queue ends at once and never starts", async () => {
  await using held = await Held.make();
  held.fill();
  const controller = new AbortController();
  const [closed, aborted] = [held.run(), held.run(controller.signal)];
  const next = held.run();
  closed.close();
  await closed.waitClose(NO_GRACE);
  const receiving = assertRejects(() => aborted.receive(), Error, "its remoteExec was aborted");
  controller.abort();
  await receiving;
  await aborted.waitClose(NO_GRACE);
  assertEquals((await held.gateway.remoteStatus()).executing.length, AT_ONCE + 1);
  assertEquals(held.started.length, AT_ONCE);
  held.started[0]();
  await until("the next start", () => held.started.length === AT_ONCE + 1);
  held.started[AT_ONCE]();
  await next.send("up");
  assertEquals(await next.receive(), [AT_ONCE, "up"]);
  assertEquals(held.started.length, AT_ONCE + 1);
});

test("terminate() ends executions in the start queue at once, and starts none of them", async () => {
  await using held = await Held.make();
  held.fill();
  const waiting = held.run();
  const ended = held.gateway.terminate({ timeout: 60_000 });
  await assertRejects(() => waiting.receive(), GatewayClosedError, "was ended while it started");
  for (const start of held.started) start();
  await ended;
  assertEquals(held.started.length, AT_ONCE);
});

test("connectTimeout counts from when an isolated execution leaves the start queue", async () => {
  await using held = await Held.make(300);
  const late = held.fill();
  const waiting = held.run();
  held.isOpen = true;
  await Promise.all(
    late.map((channel) =>
      assertRejects(() => channel.receive(), LaunchError, "no answer within 300 ms")
    ),
  );
  await waiting.send("up");
  assertEquals(await waiting.receive(), [AT_ONCE, "up"]);
});

test("an execution that cannot be started closes its channel with the reason", async () => {
  await using held = await Held.make();
  held.fill();
  const waiting = held.run();
  held.breaks = new LaunchError("out of processes");
  held.started[0]();
  await assertRejects(() => waiting.receive(), LaunchError, "out of processes");
});
