/** Processes that the system refuses to start. */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Group, LaunchError } from "../../mod.ts";
import { test } from "../support/bounded.ts";
import { Dropbear, DROPBEAR_PROGRAMS } from "../support/hosts/dropbear.ts";
import { testWith } from "../support/needs.ts";
import { runScript } from "../support/processes.ts";

const LONG = "x".repeat(200_000);

testWith(["linux"], "grants and variables that are too long are told as such", async () => {
  await using group = new Group();
  const read = Array.from({ length: 30_000 }, (_, i) => `/data/some/directory/file-${i}.txt`);
  for (const spec of [{ permissions: { read } }, { env: { LONG } }]) {
    const error = await assertRejects(
      () => group.makeGateway({ popen: true, id: "big", ...spec }),
      LaunchError,
    );
    assertMatch(error.message, /^cannot start gateway big by .*: .*Argument list too long/);
    assertMatch(error.message, /128 KiB .*: grant a directory/);
    assertEquals((error.cause as { code?: string }).code, "E2BIG");
    assertEquals(error.message.length < 600, true);
  }
  assertEquals(await (await group.makeGateway("popen//id=big")).call(() => "up"), "up");
});

testWith(["linux"], "an isolated execution whose process cannot start says why", async () => {
  await using group = await Group.open(["popen//allow-read"]);
  const [gw] = group;
  const read = Array.from({ length: 30_000 }, (_, i) => `/data/some/directory/file-${i}.txt`);
  await assertRejects(
    () => gw.callWith({ permissions: { read } }, () => 1),
    LaunchError,
    "Argument list too long",
  );
  assertEquals(await gw.call(() => "goes on"), "goes on");
});

testWith(["linux"], "too many open files are told as such, with what a gateway needs", async () => {
  const { stdout } = await runScript(
    `await execnet.makeGateway(); // what is read once has been read then
     const files = [];
     try { for (;;) files.push(Deno.openSync("/dev/null")); } catch {}
     for (const file of files.splice(-3)) file.close(); // Deno itself panics without any (2.9.6)
     const { message, cause } = await execnet.makeGateway().catch((error) => error);
     for (const file of files) file.close();
     console.log(cause.code, message);
     console.log(await (await execnet.makeGateway()).call(() => "up"));`,
    ["-A"],
  );
  const [error, up] = stdout.trim().split("\n");
  assertMatch(error, /^EMFILE cannot start gateway gw1 .*Too many open files.*needs 5 descriptors/);
  assertEquals(up, "up");
});

testWith(["linux"], "a gateway needs the descriptors that the error names", async () => {
  const { stdout } = await runScript(
    `const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
     await execnet.makeGateway(); // with what all of them share
     const before = count();
     await Promise.all(Array.from({ length: 10 }, () => execnet.makeGateway()));
     console.log((count() - before) / 10 <= 6);`,
    ["-A"],
  );
  assertEquals(stdout, "true\n");
});

test("a program that may not be run is told as such", async () => {
  const { stdout } = await runScript(
    `const error = await execnet.makeGateway({ command: "env" }).catch((error) => error);
     console.log(error.message);`,
    ["--allow-env", "--allow-read"],
  );
  assertMatch(stdout, /^cannot start gateway gw0 by "env": .*--allow-run=env and --allow-env\n$/);
});

testWith(
  DROPBEAR_PROGRAMS,
  "a command that is too long for a dropbear server is told as such",
  async () => {
    await using dropbear = await Dropbear.start();
    const read = Array.from({ length: 100 }, (_, i) => `/data/some/directory/file-${i}.txt`);
    const error = await assertRejects(
      () => new Group().makeGateway({ ...dropbear.spec, permissions: { read }, output: "null" }),
      LaunchError,
    );
    assertMatch(
      error.message,
      /a command line of \d{4,} bytes; dropbear takes 9000 at most; .* grant a dir/,
    );
  },
);
