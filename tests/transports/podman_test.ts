/** Gateways in containers. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DenoNotFoundError, Group, LaunchError } from "../../mod.ts";
import { until } from "../support/deadline.ts";
import { testWith } from "../support/needs.ts";
import { Container, PODMAN_PROGRAMS } from "../support/hosts/podman.ts";

/** Without root, podman needs more setup than its programs. */
function test(sentence: string, body: () => Promise<void>): void {
  testWith(["linux", "root", ...PODMAN_PROGRAMS], `podman: ${sentence}`, body);
}

test("exec -i carries a gateway into a container, and terminate() ends it there", async () => {
  await using container = await Container.start();
  const group = new Group();
  const gw = await group.makeGateway({
    command: container.exec,
    chdir: "/tmp",
    env: { WHERE: "in the box" },
    permissions: { env: ["WHERE"], read: true },
    output: "null",
  });
  assertEquals(await gw.call(() => [Deno.env.get("WHERE"), Deno.cwd()]), ["in the box", "/tmp"]);
  const bytes = crypto.getRandomValues(new Uint8Array(60_000));
  assertEquals(await gw.call((all: Uint8Array) => all, bytes), bytes);
  const channel = gw.remoteExec(`await channel.send(1); while (true);`);
  await channel.receive();
  assertMatch(await container.processes(), /deno run/);
  const { reason } = await gw.terminate({ timeout: 50 });
  assertEquals(reason, "killed");
  await until("the end of Deno", async () => !/deno run/.test(await container.processes()));

  const deno = "/no/deno";
  const failing = { command: container.exec, output: "null", id: "broken" } as const;
  // The message is not checked: podman may lose the last lines of a process that ends at once.
  await assertRejects(() => group.makeGateway({ ...failing, deno }), DenoNotFoundError);
  const stopped = await assertRejects(
    () => group.makeGateway({ ...failing, command: container.exec.replace(/box$/, "no-box") }),
    LaunchError,
  );
  assertMatch(stopped.message, /no-box/);
});

test("run -i --rm --init starts a container for a gateway, which goes with it", async () => {
  await using container = await Container.start();
  await using gw = await new Group().makeGateway({ command: container.run, output: "null" });
  assertEquals(await gw.call((a: number) => a + 1, 1), 2);
  assertEquals((await gw.terminate()).reason, "exit");
});

const OBSTACLES = [
  ["a container that is gone afterwards", "/tmp:exec", /each start there is in a new container/],
  [
    "a system with another libc",
    "/lib64:notmpcopyup",
    /it needs \/lib64\/ld-linux\S* \(another libc\?\)/,
  ],
] as const;

for (const [what, tmpfs, pattern] of OBSTACLES) {
  test(`deno=push copies nothing into ${what}`, async () => {
    await using container = await Container.start();
    const options = `-e XDG_CACHE_HOME=/tmp --tmpfs ${tmpfs} -v /dev/null:/usr/local/bin/deno`;
    const command = container.run.replace("--rootfs", `${options} --rootfs`);
    const error = await assertRejects(
      () => new Group().makeGateway({ command, deno: "push", output: "null" }),
      LaunchError,
    );
    assertMatch(error.message, pattern);
  });
}

const BUSY = `await channel.send(1); for (;;);`;
const DEAF = `Deno.addSignalListener("SIGTERM", () => {}); ${BUSY}`;
const ENDS: readonly [what: string, init: string, source: string, heartbeat?: 1][] = [
  ["a busy gateway, by terminate()", "", BUSY],
  ["a busy gateway, by its heartbeat", " --init", BUSY, 1],
  ["one that listens to SIGTERM and is busy", "", DEAF],
  ["one that listens to SIGTERM and is busy, with --init", " --init", DEAF],
];

for (const [what, init, source, heartbeat] of ENDS) {
  test(`the container of run ends with ${what}`, async () => {
    await using container = await Container.start();
    const command = container.run.replace(" --init", init);
    const gw = await new Group().makeGateway({ command, output: "null", heartbeat });
    assertEquals(await container.running(), 2);
    await gw.remoteExec(source).receive();
    if (heartbeat === undefined) await gw.terminate({ timeout: 50 });
    await gw.closed;
    await until("the end of the container", async () => await container.running() === 1);
  });
}

test("a gateway that is killed in a container is told as such", async () => {
  await using container = await Container.start();
  for (const command of [container.run, container.exec]) {
    const gw = await new Group().makeGateway({
      command,
      output: "null",
      permissions: { run: true },
    });
    gw.remoteExec(`Deno.kill(Deno.pid, "SIGKILL")`);
    const { reason, signal } = await gw.closed;
    assertEquals([reason, signal], ["killed", "SIGKILL"]);
  }
});
