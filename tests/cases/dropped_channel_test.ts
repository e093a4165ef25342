/** Channels that nothing refers to any more, on the far side and here. */

import { assertEquals } from "@std/assert";
import { test } from "../support/bounded.ts";
import { runCase } from "./run_case.ts";

const HEAD = `
  import { makeGateway } from "@x/execnet";
  const told = (error: Error) => error.name;
  /** Collects garbage there, in several turns of its event loop. */
  const collect = async (gw: any) => {
    for (let i = 0; i < 4; i++) await gw.call(() => (globalThis as any).gc());
  };
`;

async function output(program: string): Promise<unknown> {
  const flags = ["-A", "--v8-flags=--expose-gc"];
  const { stdout, stderr } = await runCase(HEAD + program, { flags });
  return stdout === "" ? stderr : JSON.parse(stdout);
}

for (const execmodel of ["main", "process"]) {
  test(`a channel ends with the execution that held it, unless that fails: ${execmodel}`, async () => {
    const result = await output(`
      await using gw = await makeGateway({ popen: true, execmodel: "${execmodel}" });
      const results = [];
      for (const end of ["", "throw new Error('failed');"]) {
        const progress = gw.newChannel<number, never>();
        const job = gw.remoteExec(
          "for (let i = 0; i < 3; i++) await args.progress.send(i);" + end,
          { progress },
        );
        results.push(await job.waitClose().catch(told));
        const seen = [];
        try {
          for await (const step of progress) seen.push(step);
        } catch (error) {
          seen.push(told(error));
        }
        results.push(seen);
      }
      // Both sides have closed it.
      while ((await gw.remoteStatus()).channels > 0);
      console.log(JSON.stringify(results));
    `);
    const cut = execmodel === "main" ? "ChannelClosedError" : "GatewayClosedError";
    assertEquals(result, [null, [0, 1, 2], "Error", [0, 1, 2, cut]]);
  });
}

/** Each leaves something behind that uses the channel \`c\`, and nothing else that has it. */
const USES = {
  "a callback": `c.setCallback((n) => seen(n));`,
  "a receive that waits": `c.receive().then(seen);`,
  "an iteration": `(async () => { for await (const n of c) seen(n); })();`,
  "a reader":
    `globalThis.reader = c.readable.getReader(); globalThis.reader.read().then(({ value }) => seen(value));`,
  "a stream that is read later":
    `const { readable } = c; globalThis.go = async () => seen((await readable.getReader().read()).value);`,
  "a listener of its signal":
    `const { signal } = c; signal.addEventListener("abort", () => seen("aborted"));`,
  "a closure": `globalThis.go = async () => seen(await c.receive());`,
  "an iterator that is asked later":
    `const items = c[Symbol.asyncIterator](); globalThis.go = async () => seen((await items.next()).value);`,
};

for (const [what, use] of Object.entries(USES)) {
  test(`a channel that is used after its execution stays open: ${what}`, async () => {
    const result = await output(`
      await using gw = await makeGateway();
      const c = gw.newChannel<number, number>();
      const done = gw.newChannel<unknown, never>();
      await gw.remoteExec(
        \`const { c, done } = args;
         const seen = (value) => done.send(value);
         {${use}}
         globalThis.done = done;\`,
        { c, done },
      ).waitClose();
      await collect(gw);
      const isOpen = !c.closed;
      await c.send(7);
      c.closeSend();
      await gw.call(() => (globalThis as any).go?.());
      if (${what.includes("signal")}) c.close();
      console.log(JSON.stringify([isOpen, await done.receive()]));
    `);
    assertEquals(result, [true, what.includes("signal") ? "aborted" : 7]);
  });
}

test("a channel that remote code made and dropped is closed, and its reader gets an error", async () => {
  const result = await output(`
    await using gw = await makeGateway();
    const job = gw.remoteExec(async (channel: any) => {
      const made = channel.gateway.newChannel();
      await channel.send(made);
      await made.send("first");
    });
    const made = await job.receive() as any;
    await job.waitClose();
    const first = await made.receive();
    await collect(gw);
    console.log(JSON.stringify([first, await made.receive().catch(told)]));
  `);
  assertEquals(result, ["first", "ChannelClosedError"]);
});

test("channels that were made and never used cost nothing, here and there", async () => {
  const result = await output(`
    await using gw = await makeGateway();
    const channels = async () => (await gw.remoteStatus()).channels;
    for (let i = 0; i < 1_000; i++) gw.newChannel();
    await gw.remoteExec((channel) => {
      for (let i = 0; i < 1_000; i++) channel.gateway.newChannel();
    }).waitClose();
    const kept = gw.newChannel();
    kept.receive().catch(() => {});
    const before = await channels();
    while (await channels() > 1) {
      (globalThis as any).gc();
      await collect(gw);
    }
    // The one that a receive waits on is there.
    console.log(JSON.stringify([before > 1, await channels()]));
  `);
  assertEquals(result, [true, 1]);
});
