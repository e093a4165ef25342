/** Programs of `deno compile`: their executable file is the program, not Deno. */
import { assertEquals, assertMatch } from "@std/assert";
import { test } from "../support/bounded.ts";
import { type Scratch, scratch } from "../support/files.ts";
import { denoDir } from "../support/offline.ts";

const ROOT = new URL("../../", import.meta.url);
const CONFIG = new URL("deno.json", ROOT).pathname;

const PROGRAM = `import { makeGateway } from "${ROOT}mod.ts";
const show = (result: Promise<unknown>) => result.then(console.log, (e) => console.log(e.name, e.message));
const using = async (spec: string) => {
  await using gw = await makeGateway(spec);
  await show(gw.call((n: number) => n + 1, 1));
  await show(gw.remoteExec(new URL("./job.ts", import.meta.url)).receive());
};`;
/** What `deno transpile` has to translate. */
const JOB = `class Counted { accessor n = 3; }
export default (channel: any) => channel.send(new Counted().n);`;

/**
 * Runs a program that takes itself for one of `deno compile`: each start of its executable file is
 * noted.
 */
async function run(script: string, path: string): Promise<{ output: string; starts: number }> {
  await using dir = await scratch({
    "program.ts": `const self = new URL("./self", import.meta.url);
Object.defineProperty(Deno, "execPath", { value: () => decodeURIComponent(self.pathname) });
Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });
${PROGRAM}
${script}`,
    "job.ts": JOB,
    "self": `#!/bin/sh\necho >>"$0.starts"\n`,
    "self.starts": "",
  });
  await Deno.chmod(dir.url("self"), 0o755);
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", `--config=${CONFIG}`, dir.url("program.ts").href],
    // The home would have the usual places of Deno, and its cache.
    env: {
      NO_COLOR: "1",
      PATH: path,
      HOME: decodeURIComponent(dir.url("").pathname),
      DENO_DIR: await denoDir(),
    },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return {
    output: decoder.decode(stdout) + decoder.decode(stderr),
    starts: (await Deno.readTextFile(dir.url("self.starts"))).length,
  };
}

/** A folder with a link to the Deno that runs this, as `deno`. */
async function withDeno(): Promise<Scratch & { path: string }> {
  const dir = await scratch();
  const path = decodeURIComponent(dir.url("").pathname);
  await Deno.symlink(Deno.execPath(), `${path}deno`);
  return { ...dir, path };
}

test("a compiled program starts gateways by the Deno that is on PATH", async () => {
  await using dir = await withDeno();
  const { output, starts } = await run(`await using("popen");`, `${dir.path}:/usr/bin:/bin`);
  assertEquals(output, "2\n3\n");
  assertEquals(starts, 0);
});

test("a compiled program takes deno= before any that is found", async () => {
  const { output, starts } = await run(
    `await using("popen//deno=${Deno.execPath()}");`,
    "/nowhere",
  );
  assertMatch(output, /^2\nModuleError .*execnet: no Deno here: looked for deno /s);
  assertEquals(starts, 0);
});

test("a compiled program that finds no Deno says so, and asks for deno=", async () => {
  const { output, starts } = await run(
    `await show(makeGateway("popen//id=gw"));
await show(makeGateway("command=env PATH=/usr/bin//id=pushed//deno=push"));`,
    "/nowhere",
  );
  const [none, push] = output.split("\n").filter((line) => line.includes("Error"));
  assertMatch(none, /^DenoNotFoundError cannot start gateway gw: .*made by deno compile.*deno=/);
  assertMatch(none, /looked for deno .+\.deno\/bin\/deno .*; PATH=\S*\/nowhere/);
  assertMatch(push, /^LaunchError .*deno=push copies the Deno.*made by deno compile.*deno=/);
  assertEquals(starts, 0);
});

/** `deno compile` fetches what it puts in front of a program, and not from npm: hosted runners can. */
const mayCompile = Deno.env.get("EXECNET_TEST_COMPILE") === "true";

Deno.test({
  name: "a program that deno compile has made starts gateways" +
    (mayCompile ? "" : " (needs EXECNET_TEST_COMPILE=true)"),
  ignore: !mayCompile,
  async fn() {
    await using dir = await scratch({
      "program.ts": `import { makeGateway } from "${ROOT}mod.ts";
await using gw = await makeGateway();
console.log(Deno.build.standalone, await gw.call((n: number) => n + 1, 1));`,
    });
    const program = decodeURIComponent(dir.url("program").pathname);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["compile", "-A", "--quiet", "--no-lock", `--config=${CONFIG}`, "--output", program]
        .concat(decodeURIComponent(dir.url("program.ts").pathname)),
    }).output();
    assertEquals(code, 0);
    await using withPath = await withDeno();
    const { stdout } = await new Deno.Command(program, {
      env: { PATH: `${withPath.path}:/usr/bin:/bin`, NO_COLOR: "1" },
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "true 2\n");
  },
});
