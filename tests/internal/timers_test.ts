/**
 * User code may replace the timers, as tests with fake clocks do. This package uses the captured
 * ones.
 */

import { assertEquals } from "@std/assert";
import { makeGateway } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { runScript } from "../support/processes.ts";

const STOPPED = `for (const name of Object.keys(globalThis)) {
  if (/Timeout|Interval|Microtask/.test(name)) globalThis[name] = () => 0;
}`;
/** Awaits each send, because the end of a batch sometimes waits for a timer. */
const MANY = 500;

test("a gateway works after its code has replaced the timers", async () => {
  const gw = await makeGateway();
  const channel = gw.remoteExec(`${STOPPED}
    for (let n = 0; n < ${MANY}; n++) await channel.send(n);
    await channel.receive({ timeout: 10 }).catch(({ name }) => channel.send(name));
    for await (const item of channel);`);
  for (let n = 0; n < MANY; n++) assertEquals(await inTime("an item", channel.receive()), n);
  assertEquals(await inTime("the end of a wait", channel.receive()), "TimeoutError");
  const { reason, code } = await inTime("its end", gw.terminate());
  assertEquals([reason, code], ["exit", 0]);
});

test("an initiator works after its code has replaced the timers", async () => {
  const { stdout, stderr, code } = await runScript(
    `const g = globalThis as unknown as Record<string, unknown>;
     ${STOPPED.replaceAll("globalThis[", "g[")}
     const gw = await execnet.makeGateway();
     const channel = gw.remoteExec("for await (const item of channel) await channel.send(item);");
     for (let n = 0; n < ${MANY}; n++) {
       await channel.send(n);
       await channel.receive();
     }
     const late = await channel.receive({ timeout: 10 }).catch(({ name }: Error) => name);
     const busy = gw.remoteExec("await channel.send(1); for (;;);", undefined, { isolate: true });
     await busy.receive();
     const { reason } = await gw.terminate({ timeout: 10 });
     console.log(late, reason !== "lost");`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals([stdout, code], ["TimeoutError true\n", 0], stderr);
});
