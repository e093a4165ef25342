/** Side processes: they are bounded, and gone when what they were for is over. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Group, LaunchError } from "../../mod.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";
import { isGone, Script, whenGone } from "../support/processes.ts";
import { testWith } from "../support/needs.ts";

/** A carrier that works once; later, it writes its pid into a file and does what is asked. */
async function onceThen(directory: TemporaryDirectory, then: string): Promise<string> {
  const { path } = directory;
  return await directory.write(
    "carrier",
    `#!/bin/sh
if mkdir ${path}/once 2>/dev/null; then exec "$@"; fi
echo $$ >>${path}/pids
${then}
`,
    0o755,
  );
}

async function pidsOf({ path }: TemporaryDirectory): Promise<number[]> {
  const text = await Deno.readTextFile(`${path}/pids`).catch(() => "");
  return text.split("\n").filter(Boolean).map(Number);
}

const SPIN = `await channel.send(1); for (;;);`;

for (const hang of ["exec sleep 1000", "sleep 1000", "trap '' TERM; sleep 1000; sleep 1000"]) {
  test(`terminate() leaves nothing that was to end the far side: ${hang}`, async () => {
    await using directory = await TemporaryDirectory.make();
    const carrier = await onceThen(directory, `echo $$ >${directory.path}/pid; ${hang}`);
    const gw = await new Group().makeGateway({ command: carrier, output: "null" });
    await gw.remoteExec(SPIN).receive();
    await gw.terminate({ timeout: 100 });
    const [pid, ...others] = await pidsOf(directory);
    assertEquals([await isGone(pid), others], [true, []]);
    await whenGone(gw.remote.pid);
  });
}

test("terminate() leaves nothing that was to end the far side behind a gateway", async () => {
  await using directory = await TemporaryDirectory.make();
  const carrier = await onceThen(directory, "sleep 1000");
  const middle = "popen//id=middle//allow-run=/bin/sh," + carrier;
  await using group = await Group.open([middle]);
  const gw = await group.makeGateway({ command: carrier, via: "middle", output: "null" });
  await gw.remoteExec(SPIN).receive();
  await gw.terminate({ timeout: 100 });
  const [pid] = await pidsOf(directory);
  await whenGone(pid);
  await whenGone(gw.remote.pid);
});

testWith(["linux"], "what is to end the far side ends with a killed initiator", async () => {
  await using directory = await TemporaryDirectory.make();
  const carrier = await onceThen(directory, "sleep 1000");
  await using script = await Script.start(
    `const gw = await execnet.makeGateway({ command: "${carrier}", output: "null" });
     await gw.remoteExec("${SPIN}").receive();
     gw.terminate({ timeout: 0 });`,
    ["-A"],
  );
  await until("the kill script", async () => (await pidsOf(directory)).length > 0);
  script.kill("SIGKILL");
  const [pid] = await pidsOf(directory);
  await whenGone(pid);
});

test("a carrier that never answers fails at connectTimeout, and leaves nothing", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const carrier = await directory.write(
    "carrier",
    `#!/bin/sh\necho $$ >>${path}/pids\nexec sleep 1007\n`,
    0o755,
  );
  await using group = new Group();
  const started = performance.now();
  await assertRejects(
    () => group.makeGateway({ command: carrier, connectTimeout: 1_000 }),
    LaunchError,
    "no answer within 1000 ms",
  );
  // 1.4 s on a machine without load; 5 s before.
  assertEquals(performance.now() - started < 4_000, true);
  await group.terminate();
  for (const pid of await pidsOf(directory)) assertEquals(await isGone(pid), true);
});

test("a version that does not come is told, and what was asked is ended", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const deno = await directory.write(
    "deno",
    `#!/bin/sh
if [ "$1" = --version ]; then echo $$ >>${path}/pids; trap "" TERM; cat /dev/zero; exec sleep 1000; fi
echo "error: it does not work" >&2
exit 1
`,
    0o755,
  );
  const before = Deno.memoryUsage().rss;
  const error = await assertRejects(
    () => new Group().makeGateway({ popen: true, deno, output: "null" }),
    LaunchError,
  );
  assertMatch(
    error.message,
    /ended with code 1 before it answered, and printed no version within 5 s/,
  );
  assertMatch(error.message, /it does not work/);
  assertEquals(Deno.memoryUsage().rss - before < 100 * 2 ** 20, true);
  const [pid] = await pidsOf(directory);
  await whenGone(pid);
});

test("a login that is turned away is tried once", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const carrier = await directory.write(
    "carrier",
    `#!/bin/sh\necho $$ >>${path}/pids\necho "a password is required" >&2\nexit 1\n`,
    0o755,
  );
  await assertRejects(
    () => new Group().makeGateway({ command: carrier, output: "null" }),
    LaunchError,
    "a password is required",
  );
  assertEquals((await pidsOf(directory)).length, 1);
});

test("deno=push says that the far side did not tell what it has in time", async () => {
  await using directory = await TemporaryDirectory.make();
  const carrier = await directory.write("carrier", "#!/bin/sh\nexec cat /dev/zero\n", 0o755);
  const error = await assertRejects(
    () =>
      new Group().makeGateway({
        command: carrier,
        deno: "push",
        connectTimeout: 1_500,
        output: "null",
      }),
    LaunchError,
  );
  assertMatch(error.message, /the search for a Deno there \(deno=push\) took longer than 1500 ms/);
});

test("terminate() ends the question why an isolated execution did not start", async () => {
  await using directory = await TemporaryDirectory.make();
  const { path } = directory;
  const deno = await directory.write(
    "deno",
    `#!/bin/sh
if mkdir ${path}/once 2>/dev/null; then exec "${Deno.execPath()}" "$@"; fi
if [ "$1" = --version ]; then echo $$ >>${path}/pids; exec sleep 1000; fi
echo "error: it does not work" >&2
exit 1
`,
    0o755,
  );
  const gw = await new Group().makeGateway({ popen: true, deno, output: "null" });
  const failed = assertRejects(() => gw.callWith({ isolate: true }, () => 1));
  await until("the question", async () => (await pidsOf(directory)).length > 0);
  await gw.terminate();
  for (const pid of await pidsOf(directory)) assertEquals(await isGone(pid), true);
  await failed;
});
