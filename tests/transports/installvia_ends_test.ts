/** Ends of servers that a gateway starts, and of the gateways behind them. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type ServerArgs, serverProgram } from "../../transports/installvia/server_program.ts";
import { GatewayClosedError, Group, LaunchError, makeGateway } from "../../mod.ts";
import { TOKEN } from "../support/server/test_server.ts";
import { test } from "../support/bounded.ts";
import { inTime, until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";
import { runScript, Script, whenGone } from "../support/processes.ts";
import { FAR, idle, NEAR, pair, serverOf } from "../support/server/installed.ts";

test("a killed gateway ends the servers that it has started, and their gateways say why", async () => {
  const { group, near, far } = await pair();
  await using _ = group;
  const waiting = far.remoteExec(`await new Promise(() => {})`, undefined, { name: "job" });
  const pids = [await serverOf(far), far.remote.pid];
  Deno.kill(near.remote.pid, "SIGKILL");
  const error = await assertRejects(() => waiting.receive(), GatewayClosedError);
  assertMatch(error.message, /gateway far cannot be reached any more/);
  assertMatch(error.message, /gateway near was ended by SIGKILL, while it ran gateway far:server/);
  assertEquals((await far.closed).reason, "lost");
  for (const pid of pids) await whenGone(pid);
});

test("the error says so if the gateway is killed while it starts a server", async () => {
  await using group = await Group.open([NEAR]);
  const [near] = [...group];
  const start = assertRejects(
    () => group.makeGateway({ tcp: "0", installvia: "near", output: "null" }),
    LaunchError,
    "gateway near was ended by SIGKILL",
  );
  const runs = async () => (await near.remoteStatus()).executing.length > 0;
  await until("the start of the server", runs);
  Deno.kill(near.remote.pid, "SIGKILL");
  await start;
});

test("a killed server ends its gateway, and the gateway that started it goes on", async () => {
  const { group, near, far } = await pair();
  await using _ = group;
  const server = await serverOf(far);
  const waiting = assertRejects(
    () => far.call(() => new Promise(() => {})),
    GatewayClosedError,
    "gateway far:server was ended by SIGKILL",
  );
  Deno.kill(server, "SIGKILL");
  await waiting;
  await whenGone(far.remote.pid);
  await idle(near);
});

for (const stopped of [false, true]) {
  const also = stopped ? ", also if its server is stopped" : "";
  testWith(stopped ? ["setpriv"] : [], `terminate() ends a busy loop${also}`, async () => {
    const { group, near, far } = await pair();
    await using _ = group;
    const server = await serverOf(far);
    await far.remoteExec(`await channel.send(1); while (true);`).receive();
    if (stopped) Deno.kill(server, "SIGSTOP");
    const { reason } = await inTime("the end", far.terminate({ timeout: 100 }), 10_000);
    assertEquals(reason, stopped ? "lost" : "killed");
    for (const pid of [server, far.remote.pid]) await whenGone(pid, 1_000);
    await idle(near);
  });
}

test("a group that is terminated while a server starts leaves nothing", async () => {
  const group = await Group.open([NEAR]);
  const [near] = [...group];
  const start = assertRejects(() => group.makeGateway(FAR), GatewayClosedError);
  const runs = async () => (await near.remoteStatus()).executing.length > 0;
  await until("the start of the server", runs);
  await group.terminate({ timeout: 0 });
  await start;
  await whenGone(near.remote.pid, 0);
});

test("a server ends by itself if no client connects, or if it is cancelled", async () => {
  await using gw = await makeGateway("popen//allow-net=127.0.0.1:0//allow-run=/bin/sh//allow-env");
  const args: ServerArgs = {
    hostname: "127.0.0.1",
    port: 0,
    insecure: false,
    token: TOKEN,
    permissions: { all: false, allow: {}, deny: {} },
    waitMs: 50,
  };
  const unused = gw.remoteExec(await serverProgram(), args);
  assertEquals(typeof await unused.receive(), "number");
  await unused.waitClose({ timeout: 10_000 });
  const cancelled = gw.remoteExec(await serverProgram(), { ...args, waitMs: 60_000 });
  const port = await cancelled.receive();
  cancelled.close();
  await cancelled.waitClose({ timeout: 10_000 });
  const start = () => makeGateway(`tcp=127.0.0.1:${port}//token=${TOKEN}`);
  await assertRejects(start, LaunchError, "connection refused");
});

test("a script that does not close an installed server ends by itself", async () => {
  const { code, stderr } = await runScript(
    `const group = await execnet.Group.open(["${NEAR}", "${FAR}//id=far"]);
     await group.get("far").call(() => 1);`,
    ["--allow-run=/bin/sh", "--allow-env", "--allow-net=127.0.0.1"],
  );
  assertEquals([code, stderr], [0, ""]);
});

test("a killed initiator leaves nothing behind", async () => {
  await using script = await Script.start(
    `const group = await execnet.Group.open(["${NEAR}", "${FAR}//id=far"]);
     const [near, far] = [...group];
     console.log("pids", near.remote.pid, await far.call(() => Deno.ppid), far.remote.pid);
     await far.remoteExec("await new Promise(() => {})").waitClose();`,
    ["--allow-run=/bin/sh", "--allow-env", "--allow-net=127.0.0.1"],
  );
  const [, ...pids] = await script.printed(/pids (\d+) (\d+) (\d+)/);
  script.kill("SIGKILL");
  for (const pid of pids) await whenGone(Number(pid));
});
