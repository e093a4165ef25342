import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { assert } from "../support/assert.ts";
import {
  DenoNotFoundError,
  DenoVersionError,
  type ExecnetError,
  type GatewaySpec,
  Group,
  LaunchError,
} from "../../mod.ts";
import { runScript, whenGone } from "../support/processes.ts";
import { TemporaryDirectory, test } from "../support/bounded.ts";
import { until } from "../support/deadline.ts";

type ErrorClass<E extends ExecnetError> = new (message: string) => E;

/** Starts a gateway named `broken`, and checks that the error matches that and all `patterns`. */
async function assertFails<E extends ExecnetError>(
  spec: Partial<GatewaySpec>,
  kind: ErrorClass<E>,
  ...patterns: RegExp[]
): Promise<E> {
  const group = new Group();
  const error: E = await assertRejects(
    () => group.makeGateway({ popen: true, id: "broken", output: "null", ...spec }),
    kind,
  );
  for (const pattern of [/gateway broken/, ...patterns]) assertMatch(error.message, pattern);
  assertEquals(error instanceof LaunchError, true);
  assertEquals(error.name, kind.name);
  assertEquals([group.size, group.has("broken")], [0, false]);
  return error;
}

test("a deno that does not exist is a DenoNotFoundError", async () => {
  await assertFails(
    { deno: "/nowhere/deno" },
    DenoNotFoundError,
    /"\/nowhere\/deno" was not found/,
    /deno=/,
  );
  await assertFails({ deno: "no-such-deno" }, DenoNotFoundError, /"no-such-deno"/, /deno=/);
});

test("a deno that is not executable is a DenoNotFoundError", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write("deno", "no program", 0o644);
  await assertFails({ deno }, DenoNotFoundError, /not executable/, /deno=/);
  await assertFails({ deno: directory.path }, DenoNotFoundError, /not executable/);
});

test("a deno that is too old is a DenoVersionError, which names both versions", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write(
    "deno",
    `#!/bin/sh
[ "$1" = --version ] && { echo "deno 1.40.0 (release)"; echo "v8 12.0"; exit 0; }
echo "error: unexpected argument '--no-such-flag'" >&2
exit 1
`,
    0o755,
  );
  await assertFails({ deno }, DenoVersionError, /1\.40\.0/, /2\.7/, /deno=/);
});

test("a program that prints noise and ends is a LaunchError, which shows the noise", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\n[ "$1" = --version ] && exit 1\necho "Welcome to this host"\necho "on stderr" >&2\nexit 3\n`,
    0o755,
  );
  await assertFails({ deno }, LaunchError, /code 3/, /on stderr/);
});

test("a program that is killed while it starts is a LaunchError, which names the signal", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write("deno", `#!/bin/sh\nkill -KILL $$\n`, 0o755);
  await assertFails({ deno }, LaunchError, /SIGKILL/);
});

test("a program that never answers is a LaunchError after connectTimeout", async () => {
  await using directory = await TemporaryDirectory.make();
  const pidFile = `${directory.path}/pid`;
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\necho $$ >"${pidFile}"\necho "please wait" >&2\nexec sleep 1000\n`,
    0o755,
  );
  const start = performance.now();
  await assertFails(
    { deno, connectTimeout: 500 },
    LaunchError,
    /500 ms/,
    /please wait/,
    /connectTimeout/,
  );
  assert(performance.now() - start < 5_000);
  await whenGone(Number(await Deno.readTextFile(pidFile)));
});

test("a program that answers with endless noise is a LaunchError, long before connectTimeout", async () => {
  await using directory = await TemporaryDirectory.make();
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\n[ "$1" = --version ] && exit 1\nexec yes "some noise" >&4\n`,
    0o755,
  );
  await assertFails({ deno }, LaunchError);
});

test("a directory that does not exist is a LaunchError that names it", async () => {
  await assertFails({ chdir: "/nowhere/at all" }, LaunchError, /"\/nowhere\/at all"/);
  await assertFails({ chdir: "/dev/null" }, LaunchError, /"\/dev\/null"/);
});

test("a gateway ended while it starts rejects makeGateway(), and leaves no process", async () => {
  await using directory = await TemporaryDirectory.make();
  const pidFile = `${directory.path}/pid`;
  const deno = await directory.write(
    "deno",
    `#!/bin/sh\necho $$ >"${pidFile}"\nexec sleep 1000\n`,
    0o755,
  );
  const group = new Group();
  const failed = assertRejects(() => group.makeGateway({ popen: true, deno, output: "null" }));
  let pid = 0;
  await until("the start of its Deno", async () => {
    pid = Number(await Deno.readTextFile(pidFile).catch(() => ""));
    return pid > 0;
  });

  await group.terminate({ timeout: 50 });
  await failed;
  await whenGone(pid);
});

test("without --allow-run the error says what is needed", async () => {
  for (const flags of [["--allow-env"], ["--allow-run"]]) {
    const { stdout } = await runScript(
      `const error = await execnet.makeGateway().catch((error) => error);
       console.log(error.name, error.message);`,
      flags,
    );
    assertMatch(stdout, /^LaunchError .*--allow-run.*--allow-env/s);
  }
});
