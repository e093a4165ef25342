/** What a gateway without permissions sends cannot end its initiator, whose heap is small here. */

import { assert } from "../support/assert.ts";
import { assertStringIncludes } from "@std/assert";
import { runCase } from "./run_case.ts";

const HEAP = "--v8-flags=--max-old-space-size=512";
/** Deno itself, a window, an item, and what V8 has not collected yet. */
const MOST_KIB = 480 * 1024;

/** What the remote code does, what this side does meanwhile, and what it prints then. */
const ATTACKS: Record<string, { does: string; prints: string }> = {
  "items that become a hundred times as large": {
    does: `
      const channel = bad.remoteExec(
        \`const none = new Uint8Array(); await channel.send(new Array(600_000).fill(none))\`,
      );
      print(await told(channel.receive()));
    `,
    prints: "ProtocolError: the peer sent an item that takes more than 67108864 bytes of memory",
  },
  "objects with one high index each, a thousand times as large": {
    does: `
      const channel = bad.remoteExec(\`await channel.send(new Array(60_000).fill({ 999: 1 }))\`);
      print(await told(channel.receive()));
    `,
    prints: "raise memory= of the gateway",
  },
  "a text that is larger than memory=": {
    does: `
      const channel = bad.remoteExec(\`await channel.send("x".repeat(120_000_000))\`);
      print(await told(channel.receive()));
    `,
    prints: "ProtocolError: the peer sent an item that takes more than",
  },
  "endless items on many channels that nobody reads": {
    does: `
      const code = \`const text = "x".repeat(60_000); for (;;) await channel.send(text)\`;
      const channels = Array.from({ length: 400 }, () => bad.remoteExec(code));
      for (let i = 0; i < 200; i++) await channels[300].receive();
      print(await told(bad.call(() => "another result")));
    `,
    prints: "another result",
  },
  "endless tiny items on many channels": {
    does: `
      const code = \`for (;;) await channel.send(1)\`;
      const channels = Array.from({ length: 100 }, () => bad.remoteExec(code));
      for (let i = 0; i < 20_000; i++) await channels[50].receive();
      print(await told(bad.call(() => "another result")));
    `,
    prints: "another result",
  },
  "more channels than there is memory for": {
    does: `
      const channel = bad.remoteExec(\`
        const open = []; // one that is collected is closed
        for (;;) {
          const list = Array.from({ length: 500 }, () => channel.gateway.newChannel());
          open.push(list);
          await channel.send(list);
        }
      \`);
      const kept = [];
      print(await told((async () => { for await (const list of channel) kept.push(list); })()));
    `,
    prints: "gateway bad was ended, because the peer opened more than 16384 channels at once",
  },
  "unread items with channels, which are kept decoded": {
    does: `
      const channel = bad.remoteExec(\`
        const list = Array.from({ length: 20_000 }, () => ({ a: 1 }));
        const item = [channel.gateway.newChannel(), list];
        for (;;) await channel.send(item);
      \`);
      await channel.signal.aborted || await new Promise((resolve) => channel.signal.onabort = resolve);
      while (await told(channel.receive()) === "[object Object]");
      print(await told(channel.waitClose()));
    `,
    prints: "more unread items with channels than memory= of the gateway has room for",
  },
  "items of many channels that have closed": {
    does: `
      const channel = bad.remoteExec(\`
        const closed = [];
        for (let i = 0; i < 4; i++) {
          const list = Array.from({ length: 5_000 }, () => channel.gateway.newChannel());
          await channel.send(list);
          for (const one of list) one.close();
          closed.push(...list);
        }
        await channel.send([...closed, ...closed, ...closed]);
      \`);
      print(await told((async () => { for await (const list of channel); })()));
    `,
    prints: "ProtocolError: the peer sent an item that takes more than 67108864 bytes of memory",
  },
  "large errors of many executions": {
    does: `
      const code = \`throw Object.assign(new Error("x".repeat(20_000)), { stack: "x".repeat(20_000) })\`;
      const channels = Array.from({ length: 1_000 }, () => bad.remoteExec(code));
      const ends = await Promise.all(channels.map((channel) => told(channel.waitClose())));
      print(ends[0].length, ends.at(-1));
    `,
    prints: "the errors of this gateway take more than memory= has room for",
  },
  "errors that become a thousand times as large": {
    does: `
      const code = \`throw Object.assign(new Error("large"), { list: new Array(5_000).fill({ 999: 1 }) })\`;
      const channels = Array.from({ length: 5 }, () => bad.remoteExec(code));
      const ends = await Promise.all(channels.map((channel) => told(channel.waitClose())));
      print(ends.at(-1));
    `,
    prints: "the errors of this gateway take more than memory= has room for",
  },
  "lines of stderr without an end": {
    does: `
      const channel = bad.remoteExec(\`
        const bytes = new Uint8Array(1_000_000).fill(120);
        for (let i = 0; i < 100; i++) Deno.stderr.writeSync(bytes);
        await channel.send("printed");
      \`);
      print(await told(channel.receive()));
    `,
    prints: "printed",
  },
};

for (const [what, { does, prints }] of Object.entries(ATTACKS)) {
  Deno.test(`an initiator with a heap of 512 MiB outlives ${what}`, async () => {
    const { stdout, stderr, code } = await runCase(
      `
        import { makeGateway } from "@x/execnet";
        const print = (...all) => console.log(...all);
        const told = (promise) => promise.then(String, ({ name, message }) => \`\${name}: \${message}\`);
        const bad = await makeGateway({ popen: true, id: "bad", output: "null" });
        const good = await makeGateway();
        ${does}
        print(await good.call(() => "the other gateway goes on"));
        const [, peak = "0"] = Deno.build.os === "linux"
          ? /VmHWM:\\s+(\\d+)/.exec(Deno.readTextFileSync("/proc/self/status"))
          : [];
        print("peak", peak);
        await Promise.all([bad.terminate({ timeout: 0 }), good.terminate({ timeout: 0 })]);
      `,
      { flags: ["-A", HEAP] },
      60_000,
    );
    assertStringIncludes(stdout, prints, stderr);
    assertStringIncludes(stdout, "the other gateway goes on", stderr);
    const peak = Number(/peak (\d+)/.exec(stdout)?.[1]);
    console.log(`peak memory of the initiator: ${Math.round(peak / 1024)} MiB`);
    assert(code === 0 && peak < MOST_KIB, `exit code ${code}, ${peak} KiB`);
  });
}
