import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { assert } from "../support/assert.ts";
import { type Gateway, Group, makeGateway, SpecError } from "../../mod.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";

test("makeGateway() without a spec starts an ungranted local gateway", async () => {
  await using gw = await makeGateway();
  assertEquals(gw.remote.deno, Deno.version.deno);
  assertEquals(await gw.call(() => Deno.pid), gw.remote.pid);
  assert(gw.remote.pid !== Deno.pid);
});

test("chdir= sets the working directory; the default is that of the initiator", async () => {
  await using directory = await TemporaryDirectory.make();
  const cwd = () => Deno.cwd();
  await using gw = await new Group().makeGateway(`popen//allow-read//chdir=${directory.path}`);
  assertEquals(await gw.call(cwd), directory.path);
  await using own = await new Group().makeGateway("popen//allow-read");
  assertEquals(await own.call(cwd), Deno.cwd());
});

test("chdir= accepts a directory whose name looks like an option or has blanks", async () => {
  await using directory = await TemporaryDirectory.make();
  for (const name of ["-e", "a b", "$HOME", "it's", "ü"]) {
    const path = `${directory.path}/${name}`;
    await Deno.mkdir(path);
    await using gw = await new Group().makeGateway({
      popen: true,
      chdir: path,
      permissions: { read: true },
    });
    assertEquals(await gw.call(() => Deno.cwd()), path);
  }
});

test("nice= adds to the niceness", async () => {
  const niceness = async (gw: Gateway) =>
    await gw.call(async () => (await import("node:os")).getPriority());
  await using plain = await new Group().makeGateway("popen//allow-sys");
  await using nice = await new Group().makeGateway("popen//allow-sys//nice=5");
  assertEquals(await niceness(nice), Math.min(19, await niceness(plain) + 5));
});

test("env: sets variables in addition to the inherited ones", async () => {
  await using gw = await new Group().makeGateway(
    "popen//allow-env//env:EXECNET_A=1//env:EXECNET_B=x=y z",
  );
  const values = await gw.call(() =>
    ["EXECNET_A", "EXECNET_B", "PATH"].map((name) => Deno.env.get(name))
  );
  assertEquals(values, ["1", "x=y z", Deno.env.get("PATH")]);
});

test("env of an object accepts values that cannot be written in a text spec", async () => {
  await using gw = await new Group().makeGateway({
    popen: true,
    env: { EXECNET_A: "a//b\nc", EXECNET_EMPTY: "" },
    permissions: { env: ["EXECNET_A", "EXECNET_EMPTY"] },
  });
  assertEquals(
    await gw.call(() => [Deno.env.get("EXECNET_A"), Deno.env.get("EXECNET_EMPTY")]),
    ["a//b\nc", ""],
  );
});

test("deno= names the program to start", async () => {
  await using directory = await TemporaryDirectory.make();
  const path = await directory.write(
    "my deno",
    `#!/bin/sh\nexport EXECNET_WRAPPED=yes\nexec "${Deno.execPath()}" "$@"\n`,
    0o755,
  );
  await using gw = await new Group().makeGateway({
    popen: true,
    deno: path,
    permissions: { env: true },
  });
  assertEquals(await gw.call(() => Deno.env.get("EXECNET_WRAPPED")), "yes");
});

test("id= names the gateway on both sides; by default gateways are numbered", async () => {
  await using group = new Group();
  const named = await group.makeGateway("popen//id=reader");
  const [first, second] = await Promise.all([group.makeGateway(), group.makeGateway("popen")]);
  assertEquals([named.id, first.id, second.id], ["reader", "gw0", "gw1"]);
  assertStrictEquals(group.get("reader"), named);
  assertEquals(await named.remoteExec(`channel.send(channel.gateway.id)`).receive(), "reader");
  await assertRejects(() => group.makeGateway("popen//id=reader"), SpecError, "reader");
  assertEquals([named.spec.id, named.spec.popen], ["reader", true]);
  assertEquals(group.size, 3);
  await named.terminate();
  assertEquals([group.has("reader"), group.size], [false, 2]);
  await group.makeGateway("popen//id=reader");
});

test("a gateway's spec shows what it was made from", async () => {
  await using gw = await new Group().makeGateway(
    "popen//allow-env=A,B//env:EXECNET_A=1//connectTimeout=20000//nice=1",
  );
  const { permissions, env, connectTimeout, nice } = gw.spec;
  assertEquals(permissions, { env: ["A", "B"] });
  assertEquals([env, connectTimeout, nice], [{ EXECNET_A: "1" }, 20_000, 1]);
});

test("a wrong spec is refused before anything is started", async () => {
  await assertRejects(() => makeGateway("popen//allow_read=/tmp"), SpecError, "allow-read");
  await assertRejects(() => makeGateway("popen//id=a//id=b"), SpecError, "twice");
});

test("a deno.json beside the working directory changes nothing", async () => {
  await using directory = await TemporaryDirectory.make();
  await directory.write("deno.json", `{ "imports": { "node:path": "./no.ts" }, "broken": `);
  await directory.write("package.json", `{ "type": "commonjs" }`);
  await using gw = await new Group().makeGateway({ popen: true, chdir: directory.path });
  const channel = gw.remoteExec(`import { sep } from "node:path"; await channel.send(sep);`);
  assertEquals(await channel.receive(), "/");
});
