/** Sessions of a server to which a middle gateway connects. */

import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import {
  AuthenticationError,
  type Gateway,
  GatewayClosedError,
  Group,
  HostNotFoundError,
  LaunchError,
} from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { runScript, whenGone } from "../support/processes.ts";
import { Listener } from "../support/server/listener.ts";
import { CA, TestServer, tlsOf, TOKEN } from "../support/server/test_server.ts";

/** A middle gateway with permission to connect to the server, and no other. */
function makeMiddle({ group, port }: TestServer): Promise<Gateway> {
  return group.makeGateway(`popen//id=middle//allow-net=127.0.0.1:${port}`);
}

const sum = (bytes: Uint8Array) => bytes.reduce((total, byte) => total + byte, 0);

for (const tls of [false, true]) {
  const name = tls ? "tcp+TLS" : "tcp";

  test(`${name} through a gateway that may connect to the server and nothing else`, async () => {
    await using server = new TestServer(tls ? tlsOf() : {});
    await makeMiddle(server);
    const far = await server.gateway("id=far//via=middle");
    const bytes = new Uint8Array(3_000_000).fill(1);
    assertEquals(await far.call(sum, bytes), bytes.length);
    const back = far.remoteExec((channel) => channel.send(new Uint8Array(3_000_000).fill(2)));
    assertEquals(sum(await back.receive() as Uint8Array), 6_000_000);
    const alone = far.remoteExec((channel) => channel.send(Deno.pid), undefined, { isolate: true });
    assertEquals(await alone.receive() !== far.remote.pid, true);
  });

  test(`${name} via: a killed middle gateway ends the session, and its error says why`, async () => {
    await using server = new TestServer(tls ? tlsOf() : {});
    const middle = await makeMiddle(server);
    const far = await server.gateway("id=far//via=middle");
    const waiting = far.remoteExec(`await new Promise(() => {})`, undefined, { name: "job" });
    Deno.kill(middle.remote.pid, "SIGKILL");
    const error = await assertRejects(() => waiting.receive(), GatewayClosedError);
    assertMatch(error.message, /gateway far cannot be reached any more/);
    assertMatch(error.message, /gateway middle was ended by SIGKILL/);
    assertEquals((await far.closed).reason, "lost");
    await server.logged("ended");
    await whenGone(far.remote.pid);
  });

  test(`${name} via: a wrong token is an AuthenticationError, and the right one works after it`, async () => {
    await using server = new TestServer(tls ? tlsOf() : {});
    await makeMiddle(server);
    await assertRejects(
      () => server.group.makeGateway(server.spec("via=middle", "x".repeat(64))),
      AuthenticationError,
      "via middle",
    );
    assertEquals(await (await server.gateway("via=middle")).call(() => 1), 1);
  });
}

test("the traffic through the middle gateway has no token in it, and with TLS nothing readable", async () => {
  await using server = new TestServer(tlsOf());
  const passed: string[] = [];
  await using proxy = new Listener(async (conn) => {
    const onward = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
    const pass = (from: Deno.Conn, to: Deno.Conn) => {
      const spy = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          passed.push(Array.from(chunk, (byte) => String.fromCharCode(byte)).join(""));
          controller.enqueue(chunk);
        },
      });
      return from.readable.pipeThrough(spy).pipeTo(to.writable).catch(() => {});
    };
    await Promise.all([pass(conn, onward), pass(onward, conn)]);
  });
  await server.group.makeGateway("popen//id=middle//allow-net=127.0.0.1");
  const far = await server.group.makeGateway(`${proxy.spec}//ca=${CA}//via=middle`);
  assertEquals(await far.call((text: string) => text.length, "a secret of ours"), 16);
  await far.terminate();
  const all = passed.join("");
  assertEquals(
    [all.length > 10_000, all.includes(TOKEN), all.includes("a secret of ours")],
    [true, false, false],
  );
});

test("tcp via: failures keep their kind, and name the gateway that connects", async () => {
  await using server = new TestServer();
  const { group } = server;
  await group.makeGateway("popen//id=middle//allow-net");
  await group.makeGateway("popen//id=none");
  const start = (where: string, via = "middle") => () =>
    group.makeGateway(`tcp=${where}//token=${TOKEN}//via=${via}`);
  await assertRejects(start("no-such-host.invalid:1"), HostNotFoundError, "via middle");
  const refused = await assertRejects(start("127.0.0.1:1"), LaunchError, "connection refused");
  assertStringIncludes(refused.message, "at 127.0.0.1:1 via middle");
  const key = `add allow-net=127.0.0.1:${server.port} to the spec of gateway none`;
  await assertRejects(start(`127.0.0.1:${server.port}`, "none"), LaunchError, key);
  await assertRejects(start("x.invalid:1", "none"), LaunchError, "add allow-net=x.invalid:1 to");
  await using silent = new Listener(async (conn) => {
    while (await conn.read(new Uint8Array(1024)) !== null);
  });
  await assertRejects(
    () => group.makeGateway(`${silent.spec}//via=middle//connectTimeout=300`),
    LaunchError,
    "within 300 ms",
  );
  await silent.closed; // the middle gateway has closed it
  await group.get("middle")?.remoteStatus();
});

test("tcp via: a certificate that is not trusted, or is for another host, has the same error as without via", async () => {
  await using server = new TestServer({ ...tlsOf(), hostname: "0.0.0.0" });
  const { group, port } = server;
  await group.makeGateway("popen//id=middle//allow-net=127.0.0.1,127.0.0.2,localhost");
  const start = (spec: string) => group.makeGateway(`tcp=${spec}//token=${TOKEN}//via=middle`);
  await assertRejects(() => start(`127.0.0.1:${port}//tls`), LaunchError, "ca=path");
  await assertRejects(() => start(`127.0.0.2:${port}//ca=${CA}`), LaunchError, "altnames");
  assertEquals(await (await start(`localhost:${port}//ca=${CA}`)).call(() => 1), 1);
});

test("tcp via: a middle gateway that is killed while the session starts fails the start", async () => {
  const met = Promise.withResolvers<void>();
  await using silent = new Listener(async (conn) => {
    met.resolve();
    while (await conn.read(new Uint8Array(1024)) !== null);
  });
  await using group = new Group();
  const middle = await group.makeGateway("popen//id=middle//allow-net");
  const started = assertRejects(
    () => group.makeGateway(`${silent.spec}//via=middle`),
    LaunchError,
    "gateway middle was ended by SIGKILL",
  );
  await met.promise;
  Deno.kill(middle.remote.pid, "SIGKILL");
  await started;
});

test("tcp via: a script that does not close its gateways ends by itself, and so does the session", async () => {
  await using server = new TestServer();
  const { code, stderr } = await runScript(
    `const group = await execnet.Group.open([
       "popen//id=middle//allow-net", "${server.spec("id=far//via=middle")}",
     ]);
     await group.get("far").call(() => 1);`,
    ["--allow-run=/bin/sh", "--allow-env"],
  );
  assertEquals([code, stderr], [0, ""]);
  await server.logged("ended");
});
