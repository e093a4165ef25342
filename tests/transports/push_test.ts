/** `deno=push` to hosts where an empty directory hides this Deno. */

import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DenoNotFoundError, type GatewaySpec, Group } from "../../mod.ts";
import { assert } from "../support/assert.ts";
import { TemporaryDirectory } from "../support/bounded.ts";
import { runScript } from "../support/processes.ts";
import { find, testWith } from "../support/needs.ts";
import { HOST, Sshd, SSHD_PROGRAMS } from "../support/hosts/sshd.ts";

const TOOLS = "sh env uname mktemp mkdir cat chmod mv rm sha256sum printf unshare mount".split(" ");
const DENO_DIRECTORY = Deno.realPathSync(Deno.execPath()).replace(/\/[^/]*$/, "");

/** A copy has 100 MB, and is hashed on both sides, on a loaded machine. */
const COPY_MS = 50_000;

/** Makes a directory with the tools of a bare host; by default all that are needed. */
async function bareTools(...leftOut: string[]): Promise<TemporaryDirectory> {
  const directory = await TemporaryDirectory.make();
  for (const tool of TOOLS.filter((tool) => !leftOut.includes(tool))) {
    await Deno.symlink(find(tool) ?? "", `${directory.path}/${tool}`);
  }
  return directory;
}

/** Starts an sshd that does not see this Deno. Each command begins with another one, if that is given. */
function startBare(tools: TemporaryDirectory, first = "true"): Promise<Sshd> {
  const hide = `mount -t tmpfs none "${DENO_DIRECTORY}" && ${first}`;
  return Sshd.start({
    path: tools.path,
    server: [
      `ForceCommand exec unshare --mount sh -c '${hide} && exec sh -c "$SSH_ORIGINAL_COMMAND"'`,
    ],
  });
}

/** Over loopback, compression takes longer than sending the bytes that it saves. */
function pushTo(sshd: Sshd): GatewaySpec {
  return { ...sshd.spec, ssh: `-oCompression=no ${HOST}`, deno: "push" };
}

/** Mounting over a directory needs root. */
function test(sentence: string, body: () => Promise<void>): void {
  testWith(["root", ...SSHD_PROGRAMS, "unshare"], `deno=push ${sentence}`, body);
}

test("copies once, for a whole group, and shows the progress", async () => {
  await using tools = await bareTools();
  await using sshd = await startBare(tools);
  const spec = pushTo(sshd);
  const source = `
    const group = new execnet.Group();
    const spec = ${JSON.stringify(spec)};
    await Promise.all([1, 2, 3].map(() => group.makeGateway(spec)));
    console.log(group.size, await group.get(0).call(() => Deno.version.deno));
    await group.terminate();`;
  const first = await runScript(source, ["-A"], COPY_MS);
  assertEquals(first.stdout.trim(), `3 ${Deno.version.deno}`, first.stderr);
  assertMatch(first.stderr, /\[gw\d\] copying Deno .* 100 % of \d+ MB/);
  assertEquals(first.stderr.match(/ 100 %/g)?.length, 1);
  const cache = `${sshd.home}/.cache/execnet`;
  const files = Array.from(Deno.readDirSync(cache), ({ name }) => name);
  assertEquals(files.length, 1);
  assertMatch(files[0], /^deno-[0-9a-f]{64}$/);
  const second = await runScript(source, ["-A"], COPY_MS);
  assertEquals([second.stdout, second.stderr], [first.stdout, ""]);
});

test("by two processes at once results in one complete copy", async () => {
  await using tools = await bareTools();
  await using sshd = await startBare(tools);
  const source = `
    await using gw = await execnet.makeGateway(${JSON.stringify(pushTo(sshd))});
    console.log(await gw.call(() => 42));`;
  const results = await Promise.all([1, 2].map(() => runScript(source, ["-A"], COPY_MS)));
  assertEquals(results.map(({ stdout }) => stdout), ["42\n", "42\n"]);
  assertEquals(Array.from(Deno.readDirSync(`${sshd.home}/.cache/execnet`)).length, 1);
});

test("uses a Deno that is present", async () => {
  await using sshd = await Sshd.start();
  await using group = new Group();
  await group.makeGateway({ ...sshd.spec, deno: "push" });
  assertEquals(await exists(`${sshd.home}/.cache/execnet`), false);
});

test("to another kind of machine is a DenoNotFoundError that says what was found", async () => {
  await using tools = await bareTools("uname");
  await Deno.writeTextFile(`${tools.path}/uname`, "#!/bin/sh\necho Plan9 mips\n", { mode: 0o755 });
  await using sshd = await startBare(tools);
  const error = await assertRejects(
    () => new Group().makeGateway({ ...sshd.spec, id: "far", deno: "push" }),
    DenoNotFoundError,
  );
  assertMatch(error.message, /gateway far/);
  assertMatch(error.message, /Plan9 mips/);
  assert(error.message.includes(`PATH=${tools.path}`));
});

test("reports what went wrong, and leaves no partial file behind", async () => {
  await using tools = await bareTools("sha256sum");
  await Deno.writeTextFile(`${tools.path}/sha256sum`, "#!/bin/sh\necho bad\n", { mode: 0o755 });
  await using sshd = await startBare(tools);
  await assertRejects(
    () => new Group().makeGateway({ ...pushTo(sshd), output: "null" }),
    Error,
    "checksum",
  );
  assertEquals(Array.from(Deno.readDirSync(`${sshd.home}/.cache/execnet`)), []);
});

/** Starts a gateway by a copy that fails; returns why. Nothing is copied, so progress is not shown. */
async function failedCopy(spec: GatewaySpec): Promise<string> {
  const source = `const spec = ${JSON.stringify({ ...spec, id: "far" })};
    console.log((await execnet.makeGateway(spec).catch((error) => error)).message);`;
  const { stdout, stderr } = await runScript(source, ["-A"], COPY_MS);
  assertEquals(/100 %/.test(stderr), false);
  assertMatch(stdout, /^cannot copy Deno to where gateway far should start: /);
  assertMatch(stdout, /install Deno there, or give its path as deno=/);
  return stdout;
}

const OBSTACLES: readonly [what: string, mount: string, pattern: RegExp][] = [
  ["a read-only home", "-o ro", /the directory .* cannot be made: .*Read-only file system/],
  [
    "a home that allows no programs",
    "-o noexec",
    /no program can be run in .*: .*Permission denied/,
  ],
  ["a home that the next start does not have", "", /each start there is in a new container/],
];

for (const [what, options, pattern] of OBSTACLES) {
  test(`to ${what} copies nothing, and says why`, async () => {
    await using tools = await bareTools();
    await using sshd = await startBare(tools, `mount -t tmpfs ${options} none "$HOME"`);
    assertMatch(await failedCopy(pushTo(sshd)), pattern);
  });
}

test("to a full disk says so, and leaves no partial file behind", async () => {
  await using tools = await bareTools();
  await using sshd = await startBare(tools);
  const cache = `${sshd.home}/.cache`;
  await Deno.mkdir(cache);
  await run("mount", "-t", "tmpfs", "-o", "size=1m", "none", cache);
  try {
    assertMatch(await failedCopy(pushTo(sshd)), /cannot be written: .*No space left on device/);
    assertEquals(Array.from(Deno.readDirSync(`${cache}/execnet`)), []);
  } finally {
    await run("umount", cache);
  }
});

async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}
