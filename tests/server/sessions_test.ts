/** Sessions as their clients see them, and how they end. */

import { getPriority } from "node:os";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { LaunchError } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { inTime } from "../support/deadline.ts";
import { Lines } from "../support/lines.ts";
import { testWith } from "../support/needs.ts";
import { Script, whenGone } from "../support/processes.ts";
import { ServerProgram } from "../support/server/program.ts";
import { CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

for (const [name, options] of [["tcp", {}], ["tcp+TLS", tlsOf()]] as const) {
  test(`${name}: the output of a session arrives at its client, complete and in order`, async () => {
    await using server = new TestServer(options);
    const lines = new Lines();
    const spec = {
      tcp: `127.0.0.1:${server.port}`,
      token: TOKEN,
      output: lines.take,
      ...(options === undefined || !("cert" in options) ? {} : { ca: CA }),
    };
    const gw = await server.group.makeGateway(spec);
    await gw.call(() => {
      for (let i = 0; i < 20_000; i++) console.log(`line ${i} ${"x".repeat(80)}`);
      console.error("one on stderr");
    });
    await gw.terminate();
    const printed = lines.all.filter((line) => line.startsWith("stdout"));
    assertEquals(printed.length, 20_000);
    assertEquals(printed[19_999], `stdout: line 19999 ${"x".repeat(80)}`);
    assert(lines.all.includes("stderr: one on stderr"));
  });

  test(`${name}: the exit code of a session, and the signal that ended it, are reported`, async () => {
    await using server = new TestServer(options);
    const left = await server.gateway();
    left.remoteExec(`Deno.exit(7)`);
    const { reason, code } = await inTime("its end", left.closed);
    assertEquals({ reason, code }, { reason: "exit", code: 7 });
    const busy = await server.gateway();
    const channel = busy.remoteExec(`await channel.send("busy"); for (;;);`);
    await channel.receive();
    const exit = await busy.terminate({ timeout: 10 });
    assertEquals([exit.reason, exit.signal], ["killed", "SIGTERM"]);
    const { reason: why } = await server.logged("ended", ({ signal }) => signal === "SIGTERM");
    assertStringIncludes(why, "signal");
  });
}

test("what Deno itself reports of an error does not reach the client; what the gateway reports does", async () => {
  await using server = new TestServer();
  const lines = new Lines();
  const gw = await server.group.makeGateway({
    tcp: `127.0.0.1:${server.port}`,
    token: TOKEN,
    output: lines.take,
  });
  const failing = `data:text/javascript,throw new Error("in the worker")`;
  await gw.call(async (url: string) => {
    const worker = new Worker(url, { type: "module" });
    await new Promise<void>((resolve) =>
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        resolve();
      })
    );
    worker.terminate();
  }, failing);
  await gw.call(() => {
    console.error("printed");
    setTimeout(() => {
      throw new Error("in a timer");
    });
  });
  await lines.has("stderr: printed");
  await gw.terminate();
  const all = lines.all.join("\n");
  assertStringIncludes(all, "Uncaught, in a gateway that goes on: Error: in a timer");
  assertEquals(all.includes("in the worker"), false, all);
});

test("each session is its own process, with its directory, environment and niceness", async () => {
  await using directory = await TemporaryDirectory.make();
  await using server = new TestServer({ permissions: { read: true, env: ["WHO"], sys: true } });
  const gw = await server.gateway(
    `chdir=${directory.path}//env:WHO=me//nice=3//allow-read//allow-env=WHO`,
  );
  assertEquals(await gw.call(() => [Deno.cwd(), Deno.env.get("WHO")]), [directory.path, "me"]);
  assertEquals(getPriority(gw.remote.pid), 3);
  const other = await server.gateway();
  assert(gw.remote.pid !== other.remote.pid);
  assertEquals(server.server.sessions, 2);
});

test("a directory that cannot be entered is a LaunchError that names it", async () => {
  await using server = new TestServer({ permissions: { read: true } });
  await assertRejects(() => server.gateway("chdir=/no/such/place"), LaunchError, "/no/such/place");
});

test("each isolated execution is its own session, under the same ceiling", async () => {
  await using server = new TestServer({ permissions: { read: ["/usr"] } });
  const gw = await server.gateway("allow-read=/usr");
  const pid = await gw.remoteExec(`await channel.send(Deno.pid)`, undefined, { isolate: true })
    .receive();
  assert(pid !== gw.remote.pid);
  const narrowed = gw.remoteExec(
    `await channel.send((await Deno.permissions.query({ name: "read", path: "/usr" })).state)`,
    undefined,
    { permissions: {} },
  );
  assert(await narrowed.receive() !== "granted");
});

testWith(
  ["linux"],
  "the token is in neither the command line nor the environment of server and session",
  async () => {
    await using server = await ServerProgram.start({ args: ["--", "--allow-env"] });
    await using client = new TestServer();
    const gw = await client.group.makeGateway(await server.spec("allow-env"));
    for (const pid of [server.pid, gw.remote.pid]) {
      for (const file of ["cmdline", "environ"]) {
        assertEquals((await Deno.readTextFile(`/proc/${pid}/${file}`)).includes(TOKEN), false);
      }
    }
  },
);

test("a session in a busy loop ends when its client is killed", async () => {
  await using server = new TestServer();
  await using client = await Script.start(
    `const gw = await execnet.makeGateway("${server.spec()}");
     const channel = gw.remoteExec("await channel.send(Deno.pid); for (;;);");
     console.log("pid", await channel.receive());
     await gw.closed;`,
    ["--allow-net"],
  );
  const [, pid] = await client.printed(/pid (\d+)/);
  client.kill("SIGKILL");
  await whenGone(Number(pid));
  const { reason } = await server.logged("ended");
  assertStringIncludes(reason, "closed");
});

testWith(["setpriv"], "a session in a busy loop ends when its server is killed", async () => {
  await using server = await ServerProgram.start();
  await using client = new TestServer();
  const gw = await client.group.makeGateway(await server.spec());
  const channel = gw.remoteExec(`await channel.send("busy"); for (;;);`);
  await channel.receive();
  server.kill("SIGKILL");
  await whenGone(gw.remote.pid);
  assertEquals((await inTime("the end of the gateway", gw.closed)).reason, "lost");
});

test("--max-sessions refuses one session more, and accepts it when another has ended", async () => {
  await using server = new TestServer({ maxSessions: 1 });
  const first = await server.gateway();
  await assertRejects(() => server.gateway(), LaunchError, "takes no more: 1 sessions run");
  await first.terminate();
  await server.logged("ended");
  assertEquals(await (await server.gateway()).call(() => 1), 1);
});

test("a session that takes longer than the session timeout is ended", async () => {
  await using server = new TestServer({ sessionTimeout: 3 });
  const gw = await server.gateway();
  gw.remoteExec(`for (;;);`).waitClose().catch(() => {});
  assertEquals((await inTime("its end", gw.closed)).signal, "SIGTERM");
  assertStringIncludes((await server.logged("ended")).reason, "more than 3 s");
});

test("shutdown() lets a session end by itself, and accepts no new one", async () => {
  await using server = new TestServer();
  const gw = await server.gateway();
  const channel = gw.remoteExec(`await channel.send(await channel.receive())`);
  const down = server.server.shutdown();
  await server.logged("draining");
  await assertRejects(() => server.gateway(), LaunchError, "connection refused");
  await channel.send("still there");
  assertEquals(await channel.receive(), "still there");
  await gw.terminate();
  await inTime("the shutdown", down);
  await server.logged("stopped");
});

test("shutdown() with an endless timeout lets sessions end by themselves", async () => {
  await using server = new TestServer();
  const gw = await server.gateway();
  const down = server.server.shutdown({ timeout: Infinity });
  await server.logged("draining");
  for (let n = 0; n < 100; n++) assertEquals(await gw.call((n: number) => n, n), n);
  gw.exit();
  await inTime("the shutdown", down);
  assertEquals((await server.logged("ended")).reason, "its process ended");
});

test("shutdown() ends sessions that do not end in time", async () => {
  await using server = new TestServer();
  const gw = await server.gateway();
  gw.remoteExec(`for (;;);`).waitClose().catch(() => {});
  await inTime("the shutdown", server.server.shutdown({ timeout: 10 }));
  await whenGone(gw.remote.pid);
});
