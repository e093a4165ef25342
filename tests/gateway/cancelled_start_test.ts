/** `makeGateway(spec, { signal })`: an abort ends the start, and all that it has begun. */
import { assertEquals, assertRejects } from "@std/assert";
import { type GatewaySpec, Group, makeGateway } from "../../mod.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { whenGone } from "../support/processes.ts";

const REASON = new Error("no longer wanted");

/** A program that writes its process id into `file`, and hangs. */
const hangs = (file: string) => `#!/bin/sh\necho $$ >>${file}\nexec sleep 600\n`;

/** The same, but only the first time: what is to end the far side has to run, too. */
const hangsOnce = (file: string) =>
  `#!/bin/sh\nmkdir ${file}.once 2>/dev/null || exec "$@"\necho $$ >>${file}\nexec sleep 600\n`;

/** The same, but only for the arguments that ask for the version of Deno; it fails otherwise. */
const hangsForVersion = (file: string) =>
  `#!/bin/sh\n[ "$1" = --version ] || exit 9\necho $$ >>${file}\nexec sleep 600\n`;

/** Starts that hang in a process, whose program is at `path`. */
const STARTS: [what: string, program: typeof hangs, spec: (path: string) => GatewaySpec][] = [
  ["popen", hangs, (deno) => ({ popen: true, deno })],
  ["command", hangsOnce, (command) => ({ command })],
  ["popen behind another gateway", hangs, (deno) => ({ popen: true, deno, via: "relay" })],
  ["command behind another gateway", hangsOnce, (command) => ({ command, via: "relay" })],
  ["the search for the reason of a failure", hangsForVersion, (deno) => ({ popen: true, deno })],
];

for (const [what, program, specOf] of STARTS) {
  test(`an abort of the signal of makeGateway() leaves nothing: ${what}`, async () => {
    await using directory = await TemporaryDirectory.make();
    await using group = await Group.open(["popen//id=relay//allow-run"]);
    const pids = `${directory.path}/pids`;
    const path = await directory.write("program", program(pids), 0o755);
    const controller = new AbortController();
    const spec = { ...specOf(path), id: "wanted", output: "null" } as const;
    const start = performance.now();
    const starting = group.makeGateway(spec, { signal: controller.signal });
    const rejected = assertRejects(() => starting, Error, REASON.message);
    await until("the start", async () => (await Deno.readTextFile(pids).catch(() => "")) !== "");
    controller.abort(REASON);
    assertEquals(await rejected, REASON);
    for (const pid of (await Deno.readTextFile(pids)).trim().split("\n")) {
      await whenGone(Number(pid));
    }
    assertEquals(Array.from(group, ({ id }) => id), ["relay"]);
    assertEquals((await group.makeGateway("popen//id=wanted")).id, "wanted"); // the id is free
    assertEquals(performance.now() - start < 20_000, true);
  });
}

test("an abort of the signal of makeGateway() closes the connections of a TCP gateway", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const controller = new AbortController();
  const token = "x".repeat(32);
  const starting = new Group().makeGateway({ tcp: `127.0.0.1:${listener.addr.port}`, token }, {
    signal: controller.signal,
  });
  const rejected = assertRejects(() => starting, Error, REASON.message);
  const connections = [await listener.accept(), await listener.accept()];
  controller.abort(REASON);
  await rejected;
  for (const connection of connections) {
    assertEquals(await connection.read(new Uint8Array(1)).catch(() => null), null);
    connection.close();
  }
});

test("a signal that is aborted starts nothing; one that aborts later changes nothing", async () => {
  await assertRejects(
    () => makeGateway("popen", { signal: AbortSignal.abort(REASON) }),
    Error,
    REASON.message,
  );
  await using group = new Group();
  const controller = new AbortController();
  const gw = await group.makeGateway(undefined, { signal: controller.signal });
  controller.abort(REASON);
  assertEquals(await gw.call(() => "up"), "up");
});

test("Group.terminate() ends a start at once, and says why", async () => {
  await using group = new Group();
  const rejected = assertRejects(
    () => group.makeGateway({ command: "sh -c 'exec sleep 600'" }),
    Error,
    "cannot start a gateway in a group that is being terminated",
  );
  await group.terminate();
  await rejected;
});

test("makeGateway() refuses wrong options", async () => {
  const wrong = { signal: new AbortController() } as object;
  await assertRejects(() => makeGateway("popen", wrong), TypeError, "an AbortSignal");
});
