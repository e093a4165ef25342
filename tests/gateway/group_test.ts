import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { assert, assertExists } from "../support/assert.ts";
import {
  type Channel,
  DenoNotFoundError,
  type Gateway,
  GatewayClosedError,
  Group,
  ImpureFunctionError,
  RemoteError,
  SpecError,
  TimeoutError,
} from "../../mod.ts";
import { inTime, until } from "../support/deadline.ts";
import { isGone, whenGone } from "../support/processes.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

const QUIET = { popen: true, output: "null" } as const;

test("Group.open() starts its gateways in the order of their specs", async () => {
  await using group = await Group.open(["popen", { ...QUIET, id: "a" }, "popen"]);
  assertEquals(Array.from(group, ({ id }) => id), ["gw0", "a", "gw1"]);
  assertEquals(group.size, 3);
  assertEquals(group.get(1), group.get("a"));
  const pids = new Set(Array.from(group, ({ remote }) => remote.pid));
  assertEquals(pids.size, 3);
});

test("Group.open() of nothing is an empty group", async () => {
  await using group = await Group.open([], { defaultSpec: QUIET });
  assertEquals([group.size, group.defaultSpec], [0, QUIET]);
  assertEquals(group.remoteExec(`1`).size, 0);
  assertEquals((await group.makeGateway()).id, "gw0");
});

test("Group.open() ends the other gateways if some fail, and names each that failed", async () => {
  await using directory = await TemporaryDirectory.make();
  const pids = `${directory.path}/pids`;
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\necho $$ >> ${pids}\nexec "${Deno.execPath()}" "$@"\n`,
    0o755,
  );
  const error = await assertRejects(
    () =>
      Group.open([
        { ...QUIET, deno },
        "popen//id=first//deno=/nonexistent/one",
        "popen//deno=/nonexistent/two",
        { ...QUIET, deno, id: "good" },
      ]),
    DenoNotFoundError,
    "cannot open a group of 4: 2 of its gateways did not start",
  );
  assertMatch(error.message, /spec 2 of 4, popen\/\/id=first.*: .*"\/nonexistent\/one"/);
  assertMatch(error.message, /spec 3 of 4, popen\/\/id=gw1.*: .*"\/nonexistent\/two"/);
  assertEquals(error.errors?.length, 2);
  assert(error.errors?.every((each: Error) => each instanceof DenoNotFoundError));
  assertEquals(error.cause, error.errors?.[0]);
  for (const pid of (await Deno.readTextFile(pids)).trim().split("\n")) {
    assertEquals(await isGone(Number(pid)), true);
  }
});

test("Group.open() refuses specs that are no list, and a bad concurrency", async () => {
  await assertRejects(() => Group.open("popen"), TypeError, "list of specs");
  await assertRejects(() => Group.open(["popen"], { concurrency: 0 }), RangeError, "not 0");
  await assertRejects(() => Group.open(["popen", "popne"]), SpecError, `mean "popen"`);
});

test("Group.get() returns undefined for an unknown id or index", async () => {
  await using group = await Group.open([{ ...QUIET, id: "__proto__" }]);
  for (const key of [-1, 1, NaN, 0.5, Infinity, "", "0", "gw0", "constructor"]) {
    assertEquals(group.get(key), undefined);
  }
  assertExists(group.get("__proto__"));
  assertEquals(group.has("__proto__"), true);
  assertEquals(group.has("toString"), false);
});

test("Group.makeGateway() gives unique ids, and keeps the order of the calls", async () => {
  await using group = new Group({ defaultSpec: QUIET });
  const starts = [
    group.makeGateway(),
    group.makeGateway({ ...QUIET, id: "gw1" }),
    group.makeGateway(),
  ];
  await assertRejects(() => group.makeGateway({ ...QUIET, id: "gw1" }), SpecError, "taken");
  await Promise.all(starts);
  assertEquals(Array.from(group, ({ id }) => id), ["gw0", "gw1", "gw2"]);
});

test("an id is free again after its gateway has ended, or did not start", async () => {
  await using group = new Group({ defaultSpec: { ...QUIET, id: "a" } });
  await (await group.makeGateway()).terminate();
  await assertRejects(() => group.makeGateway("popen//id=a//deno=/nonexistent"));
  const gateway = await group.makeGateway();
  Deno.kill(gateway.remote.pid, "SIGKILL");
  await gateway.closed;
  assertEquals((await group.makeGateway()).id, "a");
});

test("Group.terminate() refuses new gateways, and ends those that are starting", async () => {
  await using group = new Group({ defaultSpec: QUIET });
  await group.makeGateway();
  const starting = [group.makeGateway(), group.makeGateway()];
  const ended = Promise.all(
    starting.map((start) => assertRejects(() => start, GatewayClosedError)),
  );
  await until("the start of a process", () => true); // past the first await of makeGateway
  const terminated = group.terminate();
  await assertRejects(() => group.makeGateway(), GatewayClosedError, "is being terminated");
  await terminated;
  await ended;
  assertEquals(group.size, 0);
});

test("Group.terminate() during a makeGateway() leaves nothing behind", async () => {
  await using group = new Group({ defaultSpec: QUIET });
  const start = group.makeGateway();
  const refused = assertRejects(() => start, GatewayClosedError);
  await group.terminate();
  await inTime("the end of a start", refused);
  assertEquals(group.size, 0);
  assertEquals((await group.makeGateway()).id, "gw1"); // the group can be used again
});

test("Group.terminate() ends all gateways, each within its bound", async () => {
  const group = await Group.open([QUIET, QUIET, QUIET]);
  const pids = Array.from(group, ({ remote }) => remote.pid);
  const [busy] = group;
  const channel = busy.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  await Promise.all([group.terminate({ timeout: 100 }), group.terminate({ timeout: 200 })]);
  for (const pid of pids) await whenGone(pid, 0);
  assertEquals([...group], []);
});

test("Group.remoteExec() runs source on each gateway", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const channels = group.remoteExec(`await channel.send(channel.gateway.id + args)`, "!");
  assertEquals(channels.size, 2);
  assertEquals(await channels.receiveEach(), ["gw0!", "gw1!"]);
});

test("Group.remoteExec() runs a function on each gateway, and types flow", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const channels = group.remoteExec(
    async function* (_channel: Channel<unknown, number>, n: number) {
      yield n + 1;
      yield n + 2;
    },
    1,
  );
  const first: number[] = await channels.receiveEach();
  assertEquals(first, [2, 2]);
  const sums: number[] = [];
  for await (const [, item] of channels) sums.push(item);
  assertEquals(sums, [3, 3]);
  const outside = 1;
  assertThrows(() => group.remoteExec(() => outside), ImpureFunctionError, "outside");
});

test("Group.remoteExec() closes the executions that it began if one gateway refuses", async () => {
  await using group = await Group.open([QUIET, QUIET]);
  const [first, second] = group as Iterable<Gateway>;
  second.exit();
  assertThrows(() => group.remoteExec(`await channel.receive()`), GatewayClosedError);
  await until(
    "the end of the first",
    async () => (await first.remoteStatus()).executing.length === 0,
  );
});

test("Group.remoteStatus() asks all gateways at once, and marks those that do not answer", async () => {
  await using group = await Group.open([QUIET, QUIET, QUIET]);
  const [idle, busy, killed] = group as Iterable<Gateway>;
  idle.remoteExec(`await channel.receive()`, undefined, { name: "tally.ts" });
  const channel = busy.remoteExec(`await channel.send(1); await channel.receive(); while (true);`);
  await channel.receive();
  await channel.send(1);
  Deno.kill(killed.remote.pid, "SIGKILL");
  const status = await group.remoteStatus({ timeout: 500 });
  assertEquals([...status.keys()], ["gw0", "gw1", "gw2"]);
  assertEquals(status.get("gw0"), {
    reachable: true,
    channels: 1,
    executing: ["tally.ts"],
    execModel: "main",
  });
  const [, silent, gone] = status.values();
  assert(!silent.reachable && !gone.reachable);
  assert(silent.error instanceof TimeoutError && gone.error instanceof GatewayClosedError);
  assertMatch(silent.error.message, /gateway gw1 did not tell its status within 500 ms/);
  await group.terminate({ timeout: 100 });
});

test("Group.remoteStatus() can be aborted", async () => {
  await using group = await Group.open([QUIET]);
  const signal = AbortSignal.abort(new Error("never mind"));
  await assertRejects(() => group.remoteStatus({ signal }), Error, "never mind");
  assertEquals((await group.remoteStatus()).get("gw0")?.reachable, true);
});

test("an error of Group.remoteExec() names the gateway and the call, without internal frames", async () => {
  await using group = await Group.open(["popen//id=a", "popen//id=b"]);
  const channels = group.remoteExec(`if (channel.gateway.id === "b") throw new Error("only here")`);
  const { stack } = await assertRejects(() => channels.waitClose(), RemoteError, "only here");
  const [local, remote] = String(stack).split("on the remote side (gateway b):");
  assertMatch(local, /^.*only here\n\s+at .*group_test\.ts:\d+/);
  assertMatch(remote, /remoteExec:1:\d+/);
});
