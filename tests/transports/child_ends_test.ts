/** Whatever ends a child, real-time signals included, is told as an end, and ends nothing else. */

import { assertEquals, assertRejects } from "@std/assert";
import { type Gateway, GatewayClosedError, Group } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { has } from "../support/needs.ts";
import { Script } from "../support/processes.ts";
import { TestServer, tlsOf } from "../support/server/test_server.ts";

/** Registers a test. Deno never closes its resource for a child whose end it rejects (2.9.6). */
function testEnd(sentence: string, fn: () => Promise<void>): void {
  Deno.test({ name: sentence, ignore: !has(["linux"]), sanitizeResources: false, fn });
}

/** Sends a signal by its number: Deno has no names for real-time signals. */
async function kill(pid: number, number: number): Promise<void> {
  const { success } = await new Deno.Command("/bin/sh", { args: ["-c", `kill -${number} ${pid}`] })
    .output();
  assert(success);
}

async function parentOf(pid: number): Promise<number> {
  return Number(/^PPid:\s*(\d+)/m.exec(await Deno.readTextFile(`/proc/${pid}/status`))?.[1]);
}

/** Ends a process of a gateway while it runs something. */
async function endBy(gw: Gateway, pid: number, number: number) {
  const waiting = assertRejects(
    () => gw.call(() => new Promise<void>((resolve) => setTimeout(resolve, 100_000))),
    GatewayClosedError,
  );
  await gw.remoteStatus();
  await kill(pid, number);
  const { reason, code, signal } = await inTime("its end", gw.closed);
  await inTime("the end of the call", waiting);
  return [reason, code, signal];
}

testEnd("real-time signals that end a gateway are told, and end no other", async () => {
  await using group = new Group({ defaultSpec: "popen//allow-run" });
  const other = await group.makeGateway();
  for (
    const [number, name] of [[34, "SIGRTMIN"], [37, "SIGRTMIN+3"], [64, "SIGRTMIN+30"]] as const
  ) {
    const gw = await group.makeGateway();
    assertEquals(await endBy(gw, gw.remote.pid, number), ["killed", null, name]);
  }
  assertEquals(await other.call(() => 1), 1);
});

testEnd("a real-time signal that ends an isolated execution ends that alone", async () => {
  await using group = new Group();
  const gw = await group.makeGateway();
  const channel = gw.remoteExec(`await channel.send(Deno.pid); for (;;);`, undefined, {
    isolate: true,
  });
  await kill(Number(await channel.receive()), 37);
  await assertRejects(
    () => inTime("its end", channel.receive()),
    GatewayClosedError,
    "SIGRTMIN+3",
  );
  assertEquals(await gw.call(() => 1), 1);
});

testEnd("a real-time signal that ends a carrier, or what it carries, is told", async () => {
  await using group = new Group();
  const spec = { command: "/usr/bin/env", permissions: { run: true }, output: "null" } as const;
  const carried = await group.makeGateway(spec);
  // Shells tell signals as codes.
  assertEquals(await endBy(carried, carried.remote.pid, 37), ["exit", 128 + 37, null]);
  const led = await group.makeGateway(spec);
  const carrier = await parentOf(led.remote.pid);
  assert(carrier !== Deno.pid);
  assertEquals(await endBy(led, carrier, 37), ["killed", null, "SIGRTMIN+3"]);
});

testEnd("a real-time signal that ends a gateway behind another is told", async () => {
  await using group = await Group.open([
    "popen//id=middle//allow-run=/bin/sh",
    "popen//id=far//via=middle",
  ]);
  const far = group.get("far");
  assert(far !== undefined);
  assertEquals(await endBy(far, far.remote.pid, 37), ["killed", null, "SIGRTMIN+3"]);
  assertEquals(await group.get("middle")?.call(() => 1), 1);
});

for (const [name, options] of [["tcp", {}], ["tcp+TLS", tlsOf()]] as const) {
  testEnd(`${name}: a real-time signal ends a session, and not the server`, async () => {
    await using server = new TestServer(options);
    const [gw, other] = [await server.gateway(), await server.gateway()];
    assertEquals(await endBy(gw, gw.remote.pid, 37), ["killed", null, "SIGRTMIN+3"]);
    const { signal, reason } = await server.logged("ended");
    assertEquals([signal, reason], ["SIGRTMIN+3", "its process ended"]);
    assertEquals(await other.call(() => 1), 1);
  });
}

testEnd("a version question that a real-time signal ends is told as a failed start", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write("deno", "#!/bin/sh\nkill -37 $$\n", 0o755);
  await using group = new Group();
  await assertRejects(() => group.makeGateway({ popen: true, deno }), Error, "SIGRTMIN+3");
  assertEquals(await (await group.makeGateway()).call(() => 1), 1);
});

testEnd(
  "an initiator without a shell survives the end of a carrier by a real-time signal",
  async () => {
    await using script = await Script.start(
      `const group = new execnet.Group();
     const [gw, other] = [
       await group.makeGateway("command=env//allow-sys"),
       await group.makeGateway("command=env"),
     ];
     console.log("pid", await gw.call(() => Deno.pid), ".");
     const { reason, signal } = await gw.closed;
     console.log(reason, signal, await other.call(() => "goes on"));
     await group.terminate();`,
      ["--allow-run=env", "--allow-env"],
    );
    await kill(Number((await script.printed(/pid (\d+) \./))[1]), 37);
    const { code, stdout, stderr } = await script.result();
    assertEquals([code, stdout.split("\n")[1]], [0, "killed SIGRTMIN+3 goes on"], stderr);
  },
);

testEnd("an end of the guard shell by a real-time signal ends nothing else", async () => {
  await using script = await Script.start(
    `await using gw = await execnet.makeGateway("popen");
     console.log("ready");
     console.log(await gw.call(() => 1));
     await new Promise((resolve) => Deno.addSignalListener("SIGUSR1", () => resolve(undefined)));
     console.log(await gw.call(() => "goes on"));
     Deno.exit(0);`,
    ["--allow-all"],
  );
  await script.printed(/ready/);
  const { stdout } = await new Deno.Command("ps", {
    args: ["-o", "pid=,comm=", "--ppid", `${script.pid}`],
  }).output();
  const guard = /(\d+) sh$/m.exec(new TextDecoder().decode(stdout))?.[1];
  await kill(Number(guard), 37);
  await script.printed(/1\n/);
  script.kill("SIGUSR1");
  const { code, stdout: printed } = await script.result();
  assertEquals([code, printed.includes("goes on")], [0, true]);
});
