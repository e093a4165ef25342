import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { GatewayClosedError, makeGateway } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { testWith } from "../support/needs.ts";
import { runScript, Script, whenGone } from "../support/processes.ts";
import { test } from "../support/bounded.ts";

const LAUNCH = ["--allow-run", "--allow-env"];

/** Returns a script that starts gateways, prints their pids, and continues with `then`. */
function startsTwo(then: string): string {
  return `
    const gateways = await Promise.all([execnet.makeGateway(), execnet.makeGateway()]);
    console.log("pids", ...gateways.map(({ remote }) => remote.pid), ".");
    ${then}`;
}

function pidsIn(stdout: string): number[] {
  const found = /pids (\d+) (\d+) \./.exec(stdout);
  assert(found !== null, `no pids in: ${stdout}`);
  return [Number(found[1]), Number(found[2])];
}

test("an initiator needs no more than --allow-run and --allow-env", async () => {
  const { code, stdout, stderr } = await runScript(
    `await using gw = await execnet.makeGateway("popen//allow-sys");
     console.log(await gw.call((a: number, b: number) => a + b, 1, 2));
     const channel = gw.remoteExec(\`const n: number = await channel.receive(); channel.send(n);\`);
     await channel.send(5);
     console.log(await channel.receive());`,
    LAUNCH,
  );
  assertEquals([code, stdout, stderr], [0, "3\n5\n", ""]);
});

test("a script continues after an awaited send() to a gateway that still reads its program", async () => {
  const { code, stdout } = await runScript(
    `for (let i = 0; i < 5; i++) {
       const gw = await execnet.makeGateway();
       await gw.remoteExec(\`await channel.receive();\`).send(i);
       console.log("sent", i);
     }`,
    LAUNCH,
  );
  assertEquals([code, stdout], [0, "sent 0\nsent 1\nsent 2\nsent 3\nsent 4\n"]);
});

test("a script that does not close its gateways ends by itself, and leaves none behind", async () => {
  const { code, stdout } = await runScript(startsTwo(""), LAUNCH);
  assertEquals(code, 0);
  for (const pid of pidsIn(stdout)) await whenGone(pid);
});

test("a script that closes nothing ends although executions run and channels are open", async () => {
  const { code, stdout } = await runScript(
    startsTwo(`
      for (const gw of gateways) {
        gw.remoteExec(\`await new Promise(() => {});\`);
        gw.newChannel();
      }`),
    LAUNCH,
  );
  assertEquals(code, 0);
  for (const pid of pidsIn(stdout)) await whenGone(pid);
});

test("a script that closes nothing shows the last output of its gateways", async () => {
  const { code, stderr } = await runScript(
    `const gw = await execnet.makeGateway("popen//id=last");
     const channel = gw.remoteExec(\`
       console.log("begun");
       channel.signal.addEventListener("abort", () => console.log("told to end"));
       await channel.send(1);
       await channel.receive();
     \`);
     await channel.receive();`,
    LAUNCH,
  );
  assertEquals(code, 0);
  assertMatch(stderr, /\[last\] begun\n\[last\] told to end\n/);
});

test("open gateways keep a script alive while something waits on them", async () => {
  const { code, stdout } = await runScript(
    `const gw = await execnet.makeGateway();
     const channel = gw.remoteExec(\`
       await new Promise((resolve) => setTimeout(resolve, 300));
       await channel.send("late");
     \`);
     channel.setCallback((item) => console.log(item), { endMarker: "end" });
     gw.call(() => new Promise((resolve) => setTimeout(resolve, 400, "result")))
       .then((result) => console.log(result));`,
    LAUNCH,
  );
  assertEquals([code, stdout], [0, "late\nend\nresult\n"]);
});

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
  test(`an initiator ended by ${signal} ends its gateways`, async () => {
    await using script = await Script.start(
      startsTwo(`
        for (const gw of gateways) gw.remoteExec(\`await new Promise(() => {});\`);
        await new Promise((resolve) => setTimeout(resolve, 1e6));`),
      LAUNCH,
    );
    const [text] = await script.printed(/pids .*\./);
    script.kill(signal);
    assertEquals((await script.result()).signal, signal);
    for (const pid of pidsIn(text)) await whenGone(pid);
  });
}

test("an initiator that calls Deno.exit() ends its gateways, even busy ones", async () => {
  const { code, stdout } = await runScript(
    startsTwo(`
      const channels = gateways.map((gw) =>
        gw.remoteExec(\`await channel.send(1); while (true);\`));
      for (const channel of channels) await channel.receive();
      Deno.exit(5);`),
    LAUNCH,
  );
  assertEquals(code, 5);
  for (const pid of pidsIn(stdout)) await whenGone(pid);
});

test("an initiator that fails with an error ends its gateways", async () => {
  const { code, stdout, stderr } = await runScript(
    startsTwo(`throw new Error("on purpose");`),
    LAUNCH,
  );
  assertEquals(code, 1);
  assertMatch(stderr, /on purpose/);
  for (const pid of pidsIn(stdout)) await whenGone(pid);
});

testWith(
  ["setpriv"],
  "an initiator killed while a gateway is busy ends that gateway as well",
  async () => {
    await using script = await Script.start(
      startsTwo(`
      const channels = gateways.map((gw) =>
        gw.remoteExec(\`await channel.send(1); while (true);\`));
      for (const channel of channels) await channel.receive();
      console.log("busy");
      await new Promise((resolve) => setTimeout(resolve, 1e6));`),
      LAUNCH,
    );
    await script.printed(/busy/);
    const pids = pidsIn((await script.printed(/pids .*\./))[0]);
    script.kill("SIGKILL");
    try {
      for (const pid of pids) await whenGone(pid, 5_000);
    } finally {
      for (const pid of pids) {
        try {
          Deno.kill(pid, "SIGKILL");
        } catch { /* gone, as it should be */ }
      }
    }
  },
);

test("a channel that remote code drops while its gateway ends is lost with the gateway, not closed", async () => {
  await using gateway = await makeGateway();
  const kept = gateway.newChannel();
  const aborted = `await channel.send("begun");
    await new Promise((resolve) => channel.signal.addEventListener("abort", resolve));`;
  const holder = gateway.remoteExec(`await args.send(1); ${aborted}`, kept);
  const collector = gateway.remoteExec(`${aborted}
    for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(() => resolve(gc()), 10));`);
  for (const channel of [holder, collector]) assertEquals(await channel.receive(), "begun");
  await gateway.terminate();
  assertEquals(await kept.receive(), 1);
  await assertRejects(() => kept.receive(), GatewayClosedError);
});
