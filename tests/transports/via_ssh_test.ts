/** Hosts behind gateways: a middle gateway runs `ssh`. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  AuthenticationError,
  DenoNotFoundError,
  type Gateway,
  GatewayClosedError,
  Group,
  HostKeyError,
  HostNotFoundError,
  LaunchError,
  RemoteError,
} from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { whenGone } from "../support/processes.ts";
import { testWith } from "../support/needs.ts";
import { freePort, HOST, Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";

function test(sentence: string, body: () => Promise<void>, programs: readonly string[] = []): void {
  testWith([...SSHD_PROGRAMS, ...programs], `via and ssh: ${sentence}`, body);
}

/** Has permission to start the next gateway, and no other. */
const GATE = "popen//id=gate//allow-run=ssh";

/** Returns gateways by their ids. */
function ids(group: Group, ...wanted: readonly string[]): Gateway[] {
  return wanted.map((id) => {
    const gateway = group.get(id);
    assert(gateway !== undefined, `no gateway ${id}`);
    return gateway;
  });
}

/** Starts a busy loop on a gateway. */
async function busy(gateway: Gateway): Promise<void> {
  await gateway.remoteExec(`await channel.send(1); while (true);`).receive();
}

test("a group finds the order by itself, and the gate needs permission to run ssh alone", async () => {
  await using sshd = await Sshd.start();
  await using group = await Group.open([
    { ...sshd.spec, id: "far", via: "gate", output: "null" },
    GATE,
  ]);
  const [gate, far] = ids(group, "gate", "far");
  assertEquals(await far.call((n: number) => n + 1, 41), 42);
  assertEquals(new Set([Deno.pid, gate.remote.pid, far.remote.pid]).size, 3);
  await assertRejects(() => far.call(() => Deno.readTextFile("/etc/hosts")), RemoteError);
  assertEquals(await far.call((text: string) => text.length, "x".repeat(3_000_000)), 3_000_000);
});

test("gates can be chained, also over hosts", async () => {
  await using sshd = await Sshd.start({ shared: true });
  const group = await Group.open([
    { popen: true, id: "behind", via: "far" },
    {
      ...sshd.spec,
      id: "far",
      via: "inner",
      permissions: { run: ["/bin/sh"] },
      output: "null",
    },
    "popen//id=inner//via=outer//allow-run=ssh",
    "popen//id=outer//allow-run=/bin/sh",
  ]);
  const pids = Array.from(group, ({ remote }) => remote.pid);
  assertEquals(new Set(pids).size, 4);
  assertEquals(await ids(group, "behind")[0].call(() => Deno.pid), pids[0]);
  await group.terminate();
  for (const pid of pids) await whenGone(pid, 0);
});

test("errors keep their type over the hop", async () => {
  await using sshd = await Sshd.start();
  const group = new Group();
  await using _ = group;
  await group.makeGateway(GATE);
  const start = (spec: { ssh: string; ssh_config?: string; deno?: string; chdir?: string }) => () =>
    group.makeGateway({ ...spec, id: "far", via: "gate", output: "null" });
  const failures = [
    [start({ ssh: "no-such-host.invalid" }), HostNotFoundError, /no-such-host\.invalid/],
    [start({ ssh: `-p ${freePort()} 127.0.0.1` }), LaunchError, /refused/],
    [
      start({ ...sshd.spec, ssh: `-oUserKnownHostsFile=/dev/null ${HOST}` }),
      HostKeyError,
      /unknown/,
    ],
    [start({ ...sshd.spec, deno: "/nowhere/deno" }), DenoNotFoundError, /looked for \/nowhere/],
    [start({ ...sshd.spec, chdir: "/no where" }), LaunchError, /"\/no where"/],
  ] as const;
  for (const [run, kind, pattern] of failures) {
    const error: Error = await assertRejects(run, kind);
    assertEquals(error.name, kind.name);
    assertMatch(error.message, /gateway far/);
    assertMatch(error.message, pattern);
  }
  await Deno.writeTextFile(`${sshd.home}/../authorized_keys`, "");
  await assertRejects(start(sshd.spec), AuthenticationError, "Permission denied");
  assertEquals(group.size, 1);
});

test("the error says so if the gate may not run ssh, or has none", async () => {
  await using group = await Group.open([
    "popen//id=closed",
    {
      popen: true,
      id: "bare",
      permissions: { run: ["/bin/sh"] },
      env: { PATH: "/nowhere" },
      output: "null",
    },
  ]);
  const closed = () => group.makeGateway("ssh=box//via=closed");
  const { message } = await assertRejects(closed, LaunchError, "allow-run=ssh");
  assertMatch(message, /gateway gw0 via closed/);
  const bare = () => group.makeGateway({ ssh: "box", via: "bare", output: "null" });
  await assertRejects(bare, LaunchError, "bare has no program ssh; PATH=");
});

for (const shared of [false, true]) {
  const over = shared ? ", also over a shared connection" : "";
  test(`terminate() ends a busy loop there${over}`, async () => {
    await using sshd = await Sshd.start({ shared });
    await using group = await Group.open([GATE, { ...sshd.spec, id: "far", via: "gate" }]);
    const [gate, far] = ids(group, "gate", "far");
    await busy(far);
    assertEquals((await far.terminate({ timeout: 100 })).reason, "killed");
    await whenGone(far.remote.pid);
    assertEquals(await gate.call(() => 1), 1);
  }, ["setpriv"]);
}

test("a killed gate ends a busy loop behind it", async () => {
  await using sshd = await Sshd.start();
  await using group = await Group.open([
    "popen//id=gate//allow-run=ssh,/bin/sh",
    { ...sshd.spec, id: "far", via: "gate", output: "null" },
  ]);
  const [gate, far] = ids(group, "gate", "far");
  await busy(far);
  const call = assertRejects(() => far.call(() => 1), GatewayClosedError);
  Deno.kill(gate.remote.pid, "SIGKILL");
  await call;
  assertEquals((await far.closed).reason, "lost");
  await whenGone(far.remote.pid);
}, ["setpriv"]);

test("a server is installed on a host, and reached through its gateway", async () => {
  await using sshd = await Sshd.start();
  await using group = await Group.open([
    { tcp: "0", id: "far", installvia: "host", via: "host" },
    { ...sshd.spec, id: "host", permissions: { run: ["/bin/sh"], net: ["127.0.0.1"] } },
  ]);
  const [far] = ids(group, "far");
  const server = await far.call(() => Deno.ppid);
  assertEquals(await far.call((text: string) => text.length, "x".repeat(3_000_000)), 3_000_000);
  await group.terminate();
  for (const pid of [server, far.remote.pid]) await whenGone(pid, 0);
});
