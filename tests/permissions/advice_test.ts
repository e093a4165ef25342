/** The errors of denied permissions, for each way to use one. */
import { assertEquals, assertRejects } from "@std/assert";
import { type Gateway, Group, RemoteError } from "../../mod.ts";
import { assertInstanceOf } from "../support/assert.ts";
import { test } from "../support/bounded.ts";

async function denied(gw: Gateway, source: string): Promise<RemoteError> {
  return await assertRejects(() => gw.remoteExec(source).waitClose(), RemoteError);
}

const ATTEMPTS: readonly [source: string, key: string][] = [
  [`Deno.readTextFileSync("/etc/hosts")`, "allow-read=/etc/hosts"],
  [`await Deno.readTextFile("hosts")`, "allow-read=hosts"],
  [`Deno.writeTextFileSync("/etc/hosts", "")`, "allow-write=/etc/hosts"],
  [`Deno.makeTempDirSync()`, "allow-write"],
  [`await Deno.connect({ hostname: "localhost", port: 9 })`, "allow-net=localhost:9"],
  [`await fetch("http://localhost:8099/")`, "allow-net=localhost:8099"],
  [`Deno.env.get("HOME")`, "allow-env=HOME"],
  [`Deno.env.toObject()`, "allow-env"],
  [`new Deno.Command("true").outputSync()`, "allow-run=true"],
  [`new Deno.Command("/bin/true").outputSync()`, "allow-run=/bin/true"],
  [`Deno.kill(1, "SIGTERM")`, "allow-run"],
  [`Deno.hostname()`, "allow-sys=hostname"],
  [`Deno.dlopen("/lib/none.so", {})`, "allow-ffi=/lib/none.so"],
  [`await import("file:///etc/hosts")`, "allow-read=/etc/hosts"],
  [`import "https://localhost:9/x.js"`, "allow-import=localhost:9"],
  [`await import("npm:none")`, "allow-import=registry.npmjs.org"],
  [`(await import("node:fs")).readFileSync("/etc/hosts")`, "allow-read=/etc/hosts"],
  [`await (await import("node:fs/promises")).readFile("/etc/hosts")`, "allow-read=/etc/hosts"],
  [`(await import("node:process")).default.env.HOME`, "allow-env=HOME"],
  [`(await import("node:os")).hostname()`, "allow-sys=hostname"],
];

test("the error of a denied permission names the spec key that would grant it", async () => {
  await using gw = await new Group().makeGateway({ popen: true, output: "null" });
  for (const [source, key] of ATTEMPTS) {
    const { message } = await denied(gw, source);
    const end = `; add ${key} to the spec of gateway gw0`;
    assertEquals(message.slice(-end.length), end, `${source}: ${message}`);
  }
});

test("the error of a denied permission is otherwise Deno's own", async () => {
  await using gw = await new Group().makeGateway("popen//id=reader");
  const error = await denied(gw, `Deno.readTextFileSync("/etc/hosts")`);
  assertEquals(error.name, "NotCapable");
  assertEquals(
    error.message,
    `Requires read access to "/etc/hosts", run again with the --allow-read flag; ` +
      `add allow-read=/etc/hosts to the spec of gateway reader`,
  );
});

test("a denied permission is explained when it is the cause of another error", async () => {
  await using gw = await new Group().makeGateway();
  const { message, cause } = await denied(
    gw,
    `try { Deno.hostname() } catch (cause) { throw new Error("no name", { cause }) }`,
  );
  assertEquals(message, "no name");
  assertInstanceOf(cause, Error);
  assertEquals(cause.message.endsWith("add allow-sys=hostname to the spec of gateway gw0"), true);
});

test("the error names the denial in the spec that takes a permission away", async () => {
  await using gw = await new Group().makeGateway("popen//allow-read//deny-read=/etc");
  const { message } = await denied(gw, `Deno.readTextFileSync("/etc/hosts")`);
  assertEquals(
    message.endsWith("; deny-read=/etc of the spec of gateway gw0 stands against it"),
    true,
    message,
  );
});

test("the error of an execution with its own permissions says to request more", async () => {
  await using gw = await new Group().makeGateway("popen//allow-env=A,B");
  const channel = gw.remoteExec(`Deno.env.get("B")`, undefined, { permissions: { env: ["A"] } });
  const { message } = await assertRejects(() => channel.waitClose(), RemoteError);
  assertEquals(message.endsWith(`; add env: ["B"] to the permissions of this execution`), true);
});
