/** The server as a program. */

import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { Group, SpecError } from "../../mod.ts";
import { serve, type ServeOptions } from "../../serve.ts";
import { readArguments } from "../../server/main.ts";
import { assertExists } from "../support/assert.ts";
import { OLDEST_DENO, oldestDeno } from "../support/hosts/oldest_deno.ts";
import { test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { ServerProgram } from "../support/server/program.ts";
import { TestServer, TOKEN } from "../support/server/test_server.ts";

const oldest = await oldestDeno();
Deno.test({
  name: `a server of Deno ${OLDEST_DENO} has sessions, as any other`,
  ignore: oldest === undefined,
  async fn() {
    await using server = await ServerProgram.start({ deno: oldest });
    await using client = new TestServer();
    const gw = await inTime("a gateway", client.group.makeGateway(await server.spec()));
    assertEquals(gw.remote.deno, OLDEST_DENO);
    const bytes = crypto.getRandomValues(new Uint8Array(60_000));
    assertEquals(await inTime("a call", gw.call((all: Uint8Array) => all, bytes)), bytes);
    assertEquals((await inTime("its end", gw.terminate())).code, 0);
  },
});

test("a later start prints no token; SIGTERM ends the server in order", async () => {
  await using server = await ServerProgram.start();
  await server.logged("listening");
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
  assertEquals(server.log.map(({ event }) => event), ["listening", "draining", "stopped"]);
  assertEquals(server.printed.includes(TOKEN), false);
});

test("SIGTERM waits for sessions, a second one does not", async () => {
  await using server = await ServerProgram.start();
  const gw = await new Group().makeGateway(await server.spec());
  gw.remoteExec(`for (;;);`).waitClose().catch(() => {});
  server.kill("SIGTERM");
  await server.logged("draining");
  server.kill("SIGTERM");
  assertEquals((await server.ended()).code, 0);
  await gw.closed;
});

test("--once ends the server after its first session", async () => {
  await using server = await ServerProgram.start({ args: ["--once"] });
  const gw = await new Group().makeGateway(await server.spec());
  assertEquals(await gw.call(() => 1), 1);
  await gw.terminate();
  assertEquals((await server.ended()).code, 0);
});

test("permission flags after -- are the ceiling", async () => {
  await using server = await ServerProgram.start({ args: ["--", "--allow-read=/usr"] });
  const gw = await new Group().makeGateway(await server.spec("allow-read=/usr/bin"));
  assertEquals(await gw.call(() => Deno.statSync("/usr/bin").isDirectory), true);
  await gw.terminate();
});

test("the error of a wrong command line says why, and how to write it", async () => {
  await using server = await ServerProgram.start({ args: ["--max-sesions=3"] });
  assertEquals((await server.ended()).code, 2);
  assertStringIncludes(server.printed, `there is no option "--max-sesions"`);
  assertStringIncludes(server.printed, `"--max-sessions"`);
  assertStringIncludes(server.printed, "usage:");
  for (
    const [args, message] of [
      [[], "one address is needed"],
      [["1", "2"], "one address is needed"],
      [["::1:8"], "no [host:]port"],
      [["1", "--allow-read"], `come after "--"`],
      [["1", "--max-sessions=x"], "a number above 0"],
      [["1", "--", "--quiet"], "no permission flag"],
      [["1", "--", "--allow-raed"], "allow-raed"],
    ] as const
  ) assertThrows(() => readArguments([...args]), Error, message);
  assertEquals(readArguments(["--help"]), undefined);
  const all = readArguments(["1", "--", "-A", "-E=APP_*,X"]);
  assertEquals([all?.["allow-all"], all?.permissions?.env], [true, ["APP_*", "X"]]);
  for (const more of ["-E", "-R=/a"]) {
    assertThrows(() => readArguments(["1", "--", "-A", more]), Error, "grants everything");
  }
  const read = readArguments([
    "[::1]:8",
    "--once",
    "--",
    "-R=/a",
    "--allow-net",
    "--deny-read=/a/b",
    "--unstable-kv",
    "--unstable-worker-options",
  ]);
  assertExists(read);
  assertEquals([read.hostname, read.port, read.once], ["::1", 8, true]);
  assertEquals({ ...read.permissions }, { read: ["/a"], net: true });
  assertEquals({ ...read.deny }, { read: ["/a/b"] });
  assertEquals(read.unstable, ["kv", "worker-options"]);
});

Deno.test("an address beyond this machine needs TLS or --insecure, and the error says why", () => {
  const error = assertThrows(
    () => serve({ hostname: "0.0.0.0", token: TOKEN, log: () => {} }),
    SpecError,
  );
  assertStringIncludes(error.message, "without TLS");
  assertStringIncludes(error.message, "insecure");
});

Deno.test("serve() refuses unknown options, and options of a wrong type", () => {
  for (
    const [options, message] of [
      [{ maxsessions: 1 }, `serve has no option "maxsessions"; did you mean "maxSessions"?`],
      [{ denied: { read: true } }, `serve has no option "denied"`],
      [{ "allow-all": "no" }, "the allow-all of serve is true or false"],
      [{ insecure: 1 }, "the insecure of serve is true or false"],
      [{ secretFiles: "key.pem" }, "the secretFiles of serve is a list of paths"],
      [{ secretFiles: [1] }, "the secretFiles of serve is a list of paths"],
    ] as const
  ) {
    assertThrows(() => serve({ token: TOKEN, ...options } as ServeOptions), TypeError, message);
  }
});

Deno.test("serve() refuses a time that is longer than a timer can wait", () => {
  for (
    const [options, message] of [
      [{ sessionTimeout: 30 * 86_400 }, "above 0 and at most 2147483, not 2592000"],
      [{ handshakeTimeout: 2 ** 31 }, "above 0 and at most 2147483647, not 2147483648"],
    ] as const
  ) assertThrows(() => serve({ token: TOKEN, ...options }), SpecError, message);
});

test("a server that has ended leaves no listener on its signal, and shutdown() refuses unknown options", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const server = serve({ token: TOKEN, signal, log() {} });
  assertEquals(listeners.size, 1);
  await assertRejects(
    () => server.shutdown({ timout: 0 } as never),
    TypeError,
    `shutdown has no option "timout"`,
  );
  await server.shutdown();
  assertEquals(listeners.size, 0);
});

test("a server whose signal is aborted when it starts ends at once", async () => {
  const server = serve({ token: TOKEN, signal: AbortSignal.abort(), log() {} });
  await inTime("its end", server.finished);
});
