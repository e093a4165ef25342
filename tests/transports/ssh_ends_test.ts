/** The ends of gateways over ssh: by terminate(), by their initiator, by their connection. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { type Gateway, GatewayClosedError } from "../../mod.ts";
import { Script, whenGone } from "../support/processes.ts";
import { Proxy } from "../support/hosts/proxy.ts";
import { HOST, Sshd } from "../support/hosts/sshd.ts";
import { sshTest, startOverSsh } from "../support/hosts/sshd.ts";

sshTest("terminate() ends a busy loop there", async () => {
  await using sshd = await Sshd.start();
  const gw = await startOverSsh(sshd);
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  const { reason, signal } = await gw.terminate({ timeout: 100 });
  assertEquals([reason, signal], ["killed", "SIGTERM"]);
  await whenGone(gw.remote.pid);
}, ["setpriv"]);

sshTest("terminate() ends a busy loop there, even over a shared connection", async () => {
  await using sshd = await Sshd.start({ shared: true });
  const gw = await startOverSsh(sshd);
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  assertEquals((await gw.terminate({ timeout: 100 })).reason, "killed");
  await whenGone(gw.remote.pid);
});

sshTest("processes that a gateway has started end with it, and do not delay its end", async () => {
  await using sshd = await Sshd.start();
  const ends: ((gw: Gateway) => unknown)[] = [
    (gw) => gw.exit(),
    (gw) => gw.remoteExec(`Deno.exit(3)`),
    (gw) => Deno.kill(gw.remote.pid, "SIGKILL"),
  ];
  const reached: unknown[] = [];
  for (const end of ends) {
    await using gw = await startOverSsh(sshd, { permissions: { run: ["sleep"] } });
    const pid = await gw.call(startsSleep);
    await end(gw);
    const { reason, code, signal } = await gw.closed;
    reached.push([reason, code, signal]);
    await whenGone(pid);
  }
  assertEquals(reached, [["exit", 0, null], ["exit", 3, null], ["killed", null, "SIGKILL"]]);
});

function startsSleep(): number {
  return new Deno.Command("sleep", { args: ["600"] }).spawn().pid;
}

sshTest("a busy loop ends when its initiator is killed", async () => {
  await using sshd = await Sshd.start();
  await using script = await Script.start(
    `const gw = await execnet.makeGateway(${JSON.stringify(sshd.spec)});
     const channel = gw.remoteExec("await channel.send(1); while (true);");
     await channel.receive();
     console.log("pid", gw.remote.pid);
     await channel.receive();`,
    ["--allow-run=ssh,/bin/sh", "--allow-env"],
  );
  const [, pid] = await script.printed(/pid (\d+)/);
  script.kill("SIGKILL");
  await whenGone(Number(pid));
}, ["setpriv"]);

for (const permissions of [{}, { run: ["sleep"] }]) {
  const what = "run" in permissions ? "one that may start others" : "a gateway";
  sshTest(`a cut connection is reported as lost, and leaves no process of ${what}`, async () => {
    await using sshd = await Sshd.start();
    await using proxy = new Proxy(sshd.port);
    const gw = await startOverSsh(sshd, {
      ssh: `-p ${proxy.port} -oHostKeyAlias=[127.0.0.1]:${sshd.port} ${HOST}`,
      permissions,
    });
    const channel = gw.remoteExec<number>(`
      const { state } = Deno.permissions.querySync({ name: "run", command: "sleep" });
      const started = state === "granted" && new Deno.Command("sleep", { args: ["600"] }).spawn();
      await channel.send(started ? started.pid : Deno.pid);
      while (true);`);
    const started = await channel.receive();
    proxy.cut();
    const error = await assertRejects(() => channel.receive(), GatewayClosedError);
    assertMatch(error.message, /cannot be reached any more/);
    const { reason, code, signal } = await gw.closed;
    assertEquals([reason, code, signal], ["lost", null, null]);
    for (const pid of [gw.remote.pid, started]) await whenGone(pid);
  }, ["setpriv"]);
}

sshTest("a dead link is noticed by ServerAlive options", async () => {
  await using sshd = await Sshd.start();
  await using proxy = new Proxy(sshd.port);
  const gw = await startOverSsh(sshd, {
    ssh: `-p ${proxy.port} -oHostKeyAlias=[127.0.0.1]:${sshd.port} -oServerAliveInterval=1 ` +
      `-oServerAliveCountMax=1 ${HOST}`,
  });
  proxy.goDead();
  const { reason, stderrTail } = await gw.closed;
  assertEquals(reason, "lost");
  assertMatch(stderrTail.join("\n"), /not responding/);
  proxy.cut();
  await whenGone(gw.remote.pid);
});
