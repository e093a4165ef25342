/** Servers that a gateway starts for one session. */

import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { planGroup } from "../../gateway/group/plan.ts";
import { resolveSpec } from "../../spec/spec.ts";
import {
  AuthenticationError,
  DenoNotFoundError,
  Group,
  LaunchError,
  makeGateway,
  RemoteError,
  SpecError,
} from "../../mod.ts";
import { TOKEN } from "../support/server/test_server.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { Lines } from "../support/lines.ts";
import { testWith } from "../support/needs.ts";
import { whenGone } from "../support/processes.ts";
import { FAR, idle, NEAR, pair, serverOf } from "../support/server/installed.ts";
import { freePort } from "../support/hosts/sshd.ts";

test("a gateway starts a server that has only the permissions of the session", async () => {
  await using directory = await TemporaryDirectory.make();
  await directory.write("data.txt", "hello");
  const { group, near, far } = await pair(
    `//chdir=${directory.path}//allow-read=data.txt//env:NAME=value//allow-env=NAME`,
  );
  await using _ = group;
  const seen = await far.call(() => [Deno.readTextFileSync("data.txt"), Deno.env.get("NAME")]);
  assertEquals(seen, ["hello", "value"]);
  const server = await serverOf(far);
  assertEquals(new Set([Deno.pid, near.remote.pid, server, far.remote.pid]).size, 4);
  const denied = () => far.call(() => Deno.readTextFile("/etc/hosts"));
  await assertRejects(denied, RemoteError, "add allow-read=/etc/hosts to the spec of gateway far");
  assertEquals(await far.call((text: string) => text.length, "x".repeat(3_000_000)), 3_000_000);
});

test("output and exit status of such a gateway are those of any other", async () => {
  const lines = new Lines();
  await using group = await Group.open([
    NEAR,
    { tcp: "0", installvia: "near", id: "far", output: lines.take },
  ]);
  const [near, far] = [...group];
  await far.remoteExec(`console.log("out"); console.error("err");`).waitClose();
  await lines.has("stdout: out");
  await lines.has("stderr: err");
  const server = await serverOf(far);
  far.remoteExec(`Deno.exit(7)`);
  const { reason, code } = await far.closed;
  assertEquals([reason, code], ["exit", 7]);
  await whenGone(server, 0);
  await idle(near);
});

test("the server ends with its session, and a port can be used again", async () => {
  await using group = await Group.open([NEAR]);
  const [near] = [...group];
  const port = freePort();
  for (const spec of [`tcp=${port}`, `tcp=localhost:${port}`, "tcp=[::1]:0"]) {
    const far = await group.makeGateway(`${spec}//installvia=near`);
    const server = await serverOf(far);
    assertEquals((await far.terminate()).reason, "exit");
    for (const pid of [server, far.remote.pid]) await whenGone(pid, 0);
    await idle(near);
  }
});

test("the error of a port in use names the port, and what to do", async () => {
  await using group = await Group.open([NEAR]);
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = () => group.makeGateway(`tcp=${listener.addr.port}//installvia=near`);
  const { message } = await assertRejects(start, LaunchError, `127.0.0.1:${listener.addr.port}`);
  assertMatch(message, /machine of gateway near: .*; name another port, or 0/);
  await idle([...group][0]);
});

test("with via in addition, the connection goes through the gateway, too", async () => {
  await using group = await Group.open([
    "tcp=0//id=far//installvia=near//via=near",
    `${NEAR}//allow-net=127.0.0.1`,
  ]);
  const [far, near] = [...group];
  assertEquals(await far.call((n: number) => n + 1, 41), 42);
  assertEquals((await near.remoteStatus()).executing.toSorted(), [
    "gateway far",
    "gateway far",
    "gateway far:server",
  ]);
  await far.terminate();
  await idle(near);
});

test("several servers are installed at once, and each isolated execution has its own", async () => {
  await using group = await Group.open([NEAR, `${FAR}//id=a`, `${FAR}//id=b`]);
  const [near, a, b] = [...group];
  const isolated = a.remoteExec(`await channel.send(Deno.ppid); for (;;);`, undefined, {
    isolate: true,
  });
  const servers = [await serverOf(a), await serverOf(b), await isolated.receive() as number];
  assertEquals(new Set(servers).size, 3);
  isolated.close();
  await isolated.waitClose();
  await Promise.all([a.terminate(), b.terminate()]);
  for (const pid of servers) await whenGone(pid);
  await idle(near);
});

test("Group.open finds the order, and sees circles of via and installvia", async () => {
  const specs = [
    `${FAR}//id=far`,
    "popen//id=near//via=outer//allow-run=/bin/sh",
    "popen//id=outer//allow-run=/bin/sh",
  ];
  const group = await Group.open(specs);
  const pids = [...group].map(({ remote }) => remote.pid);
  const [far] = [...group];
  await group.terminate();
  assertEquals((await far.closed).reason, "exit");
  for (const pid of pids) await whenGone(pid, 0);
  const circle = ["tcp=0//installvia=b//id=a", "popen//id=b//via=a"];
  assertThrows(() => planGroup(circle), SpecError, "in a circle: a → b → a");
  const [{ label, requires }] = planGroup([
    "tcp=0//installvia=b//via=c",
    "popen//id=b",
    "popen//id=c",
  ]);
  assertEquals(label, "spec 1 of 3, tcp=0//id=gw0//via=c//installvia=b");
  assertEquals(requires, ["c", "b"]);
});

test("a spec that contradicts installvia is refused", async () => {
  const cases = [
    ["tcp=0//installvia=near//token_file=x", /"token_file" is for a server that is there/],
    ["tcp=0//installvia=near//tls", /"tls" is for a server that is there/],
    ["tcp=0//installvia", /"installvia" needs a value/],
    ["tcp=here there//installvia=near", /host:port, \[address\]:port for IPv6, or a port/],
    ["tcp=box:0//installvia=near", /refusing to install a server on box.*via=near.*"insecure"/],
    ["tcp=box:1//insecure//token_file=x", /"insecure" goes with "installvia" alone/],
    ["popen//installvia=near", /"installvia" goes with "tcp" alone/],
  ] as const;
  for (const [spec, message] of cases) {
    assertMatch(assertThrows(() => resolveSpec(spec), SpecError).message, message);
  }
  await using group = new Group();
  await assertRejects(() => group.makeGateway(FAR), SpecError, `"near", which "installvia" names`);
});

test(`where "insecure" is said, the server listens at the address that is named`, async () => {
  await using group = await Group.open([NEAR]);
  const far = await group.makeGateway("tcp=0.0.0.0:0//installvia=near//insecure");
  assertEquals(await far.call(() => 1), 1);
});

test("errors keep their type, and name the permission that the gateway lacks", async () => {
  await using group = await Group.open([
    { popen: true, id: "near", permissions: { run: ["/bin/sh"] } },
    "popen//id=shut",
  ]);
  const start = (spec: string) => () => group.makeGateway({ ...object(spec), output: "null" });
  const object = (spec: string) => {
    const { kind: _, options: __, permissions: ___, ...rest } = resolveSpec(`popen//${spec}`);
    return { ...rest, tcp: "0", installvia: rest.id === "x" ? "shut" : "near" };
  };
  await assertRejects(start("deno=/nowhere/deno"), DenoNotFoundError, "/nowhere/deno");
  await assertRejects(start("chdir=/nowhere"), LaunchError, `"/nowhere" cannot be entered`);
  await assertRejects(start("connectTimeout=20"), LaunchError, "within 20 ms");
  const lacks = "add allow-run=/bin/sh to the spec of gateway shut";
  await assertRejects(start("id=x"), LaunchError, lacks);
  for (const gateway of group) await idle(gateway);
});

test("a client without the token is refused, and the session continues", async () => {
  const port = freePort();
  const { group, far } = await pair();
  await using _ = group;
  const other = await group.makeGateway(`tcp=${port}//installvia=near`);
  const start = () => makeGateway(`tcp=127.0.0.1:${port}//token=${TOKEN}`);
  await assertRejects(start, AuthenticationError, "does not accept the token");
  assertEquals([await other.call(() => 1), await far.call(() => 2)], [1, 2]);
});

testWith(["linux"], "the token is not on any command line", async () => {
  const { group, far } = await pair();
  await using _ = group;
  for (const pid of [await serverOf(far), far.remote.pid]) {
    const line = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    const environment = await Deno.readTextFile(`/proc/${pid}/environ`);
    assert(!/[0-9a-f]{64}/.test(line + environment), line);
  }
});
