/** The initiator dies: what runs has a second to clean up, and then nothing is left of it. */

import { assertEquals } from "@std/assert";
import type { GatewaySpec } from "../../mod.ts";
import { until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";
import { isGone, type Script } from "../support/processes.ts";
import { Proxy } from "../support/hosts/proxy.ts";
import { HOST, Sshd, sshTest } from "../support/hosts/sshd.ts";
import { TestServer, TOKEN } from "../support/server/test_server.ts";
import { startCase } from "./run_case.ts";

/** How many programs the gateways of an initiator start. More than by default also try more ways over ssh. */
const PROGRAMS = Number(Deno.env.get("EXECNET_TEST_PROGRAMS") ?? 20);

const PROGRAM = `
import { Group } from "@x/execnet";
const [how, list] = Deno.args;
const specs = JSON.parse(list);
const group = new Group();
const job = async (channel, { lock, count }) => {
  Deno.writeTextFileSync(lock, "");
  const programs = Array.from({ length: count }, () =>
    new Deno.Command("sleep", { args: ["600"], stdin: "null" }).spawn());
  try {
    await channel.send([Deno.pid, ...programs.map(({ pid }) => pid)]);
    await new Promise((_, reject) => {
      channel.signal.addEventListener("abort", () => reject(channel.signal.reason));
    });
  } finally {
    await new Promise((resolve) => setTimeout(resolve, 100));
    Deno.removeSync(lock);
  }
};
const pids = [];
for (const { isolate, ...spec } of specs) {
  const gw = await group.makeGateway(spec);
  const args = { lock: Deno.cwd() + "/lock" + pids.length, count: ${PROGRAMS} / specs.length };
  const channel = gw.remoteExec(job, args, { isolate });
  pids.push(gw.remote.pid, ...await channel.receive());
}
console.log("pids " + JSON.stringify(pids) + " in " + Deno.cwd());
if (how === "exit") Deno.exit(0);
if (how === "throw") throw new Error("on purpose");
await new Promise((resolve) => setTimeout(resolve, 1e6));
`;

type Way = "exit" | "throw" | Deno.Signal;

/**
 * Checks what is left of an initiator with such gateways once it has ended in that way, or once `end`
 * has cut it off from them.
 */
async function leavesNothing(
  specs: readonly (GatewaySpec & { isolate?: boolean })[],
  how: Way | "wait",
  end = (script: Script) => how.startsWith("SIG") && script.kill(how as Deno.Signal),
): Promise<void> {
  await using script = await startCase(PROGRAM, { args: [how, JSON.stringify(specs)] });
  const [, list, cwd] = await script.printed(/pids (.*) in (.*)/);
  const pids: number[] = JSON.parse(list);
  assertEquals(locksIn(cwd).length, specs.length);
  end(script);
  try {
    await until("the clean-up of all executions", () => locksIn(cwd).length === 0, 10_000);
  } catch {
    assertEquals(locksIn(cwd), []); // names the execution
  }
  let left = pids;
  const gone = async () => {
    const areGone = await Promise.all(left.map(isGone));
    left = left.filter((_, i) => !areGone[i]);
    return left.length === 0;
  };
  await until("the end of all processes", gone, 10_000).catch(() => {});
  assertEquals(left, [], `${left.length} of ${pids.length} processes are left`);
}

function locksIn(directory: string): string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name)
    .filter((name) => name.startsWith("lock"));
}

const permissions = { read: true, write: true, run: true } as const;
const LOCAL = [
  { popen: true, id: "middle", permissions },
  { popen: true, isolate: true, permissions },
  { command: "env", deno: Deno.execPath(), permissions },
  { popen: true, via: "middle", permissions },
] as const;

const WAYS = ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL", "throw", "exit"] as const;

for (const how of WAYS) {
  testWith(
    ["linux"],
    `code that runs by popen, command and via cleans up, and leaves nothing (${how})`,
    () => leavesNothing(LOCAL, how),
  );
}

for (const how of PROGRAMS > 20 ? WAYS : ["SIGKILL"] as const) {
  testWith(
    ["linux"],
    `code of a server's sessions cleans up, and leaves nothing (${how})`,
    async () => {
      await using server = new TestServer({ permissions });
      const spec = { tcp: `127.0.0.1:${server.port}`, token: TOKEN, permissions };
      await leavesNothing([spec, { ...spec, isolate: true }], how);
    },
  );
}

for (const how of PROGRAMS > 20 ? WAYS : ["SIGKILL", "exit"] as const) {
  sshTest(`code that runs over ssh cleans up, and leaves nothing (${how})`, async () => {
    await using sshd = await Sshd.start();
    const spec = { ...sshd.spec, deno: Deno.execPath(), permissions };
    await leavesNothing([spec, { ...spec, isolate: true }], how);
  });
}

sshTest("code that runs over ssh cleans up, and leaves nothing (cut link)", async () => {
  await using sshd = await Sshd.start();
  await using proxy = new Proxy(sshd.port);
  const ssh = `-p ${proxy.port} -oHostKeyAlias=[127.0.0.1]:${sshd.port} ${HOST}`;
  const spec = { ...sshd.spec, ssh, deno: Deno.execPath(), permissions };
  await leavesNothing([spec, { ...spec, isolate: true }], "wait", () => proxy.cut());
});

sshTest("code that runs over ssh cleans up, and leaves nothing (killed client)", async () => {
  await using sshd = await Sshd.start();
  const spec = { ...sshd.spec, deno: Deno.execPath(), permissions };
  await leavesNothing([spec, { ...spec, isolate: true }], "wait", ({ pid }) => {
    new Deno.Command("pkill", { args: ["-KILL", "-P", `${pid}`, "-x", "ssh"] }).outputSync();
  });
});
