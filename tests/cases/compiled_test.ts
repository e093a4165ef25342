/** Programs of `deno compile`: their executable file is the program, not Deno. */

import { assertEquals, assertMatch } from "@std/assert";
import config from "../../deno.json" with { type: "json" };
import { type Scratch, scratch } from "../support/files.ts";
import { typedTest } from "../support/needs.ts";
import { denoDir } from "../support/offline.ts";
import { runCase } from "./run_case.ts";

/** Takes itself for a compiled program. Its file would start it again, so it notes each start. */
const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const self = new URL("./self", import.meta.url);
  Object.defineProperty(Deno, "execPath", { value: () => decodeURIComponent(self.pathname) });
  Object.defineProperty(Deno, "build", { value: { ...Deno.build, standalone: true } });
  for (const spec of Deno.args) {
    await makeGateway(spec).then(async (gw) => {
      console.log(await gw.call((n: number) => n + 1, 1));
      console.log(await gw.remoteExec(new URL("./job.ts", import.meta.url)).receive());
      await gw.terminate();
    }).catch((error) => console.log(error.name, error.message));
  }
  console.log("starts:", (await Deno.readTextFile(new URL("./self.starts", import.meta.url))).length);
`;

const FILES = {
  // What Deno has to translate.
  "job.ts": `class Counted { accessor n = 3; }
export default (channel: any) => channel.send(new Counted().n);`,
  "self": `#!/bin/sh\necho >>"$0.starts"\n`,
  "self.starts": "",
};

async function run(path: string, ...specs: string[]): Promise<string> {
  await using home = await scratch();
  const { stdout, stderr } = await runCase(PROGRAM, {
    files: FILES,
    args: specs,
    // The home has one of the usual places of Deno, and mostly Deno's cache.
    env: { PATH: path, HOME: pathOf(home), DENO_DIR: await denoDir() },
  });
  return stdout || stderr;
}

/** A folder with a link to the Deno that runs this. */
async function withDeno(): Promise<Scratch> {
  const dir = await scratch();
  await Deno.symlink(Deno.execPath(), `${pathOf(dir)}deno`);
  return dir;
}

function pathOf(dir: Scratch, name = ""): string {
  return decodeURIComponent(dir.url(name).pathname);
}

typedTest("a compiled program starts gateways by the Deno that is on PATH", async () => {
  await using dir = await withDeno();
  assertEquals(await run(`${pathOf(dir)}:/usr/bin:/bin`, "popen"), "2\n3\nstarts: 0\n");
});

typedTest("a compiled program takes deno= before any that is found", async () => {
  const output = await run("/nowhere", `popen//deno=${Deno.execPath()}`);
  assertMatch(output, /^2\nModuleError .*execnet: no Deno here: looked for deno .*starts: 0\n$/s);
});

typedTest("a compiled program that finds no Deno says so, and asks for deno=", async () => {
  const push = "command=env PATH=/usr/bin//deno=push";
  const [none, pushed, starts] = (await run("/nowhere", "popen//id=gw", push)).split("\n");
  assertMatch(none, /^DenoNotFoundError cannot start gateway gw: .*made by deno compile.*deno=/);
  assertMatch(none, /looked for deno .+\.deno\/bin\/deno .*; PATH=\S*\/nowhere/);
  assertMatch(pushed, /^LaunchError .*deno=push copies the Deno.*made by deno compile.*deno=/);
  assertEquals(starts, "starts: 0");
});

/** `deno compile` fetches what it puts in front of a program, and not from npm: hosted runners can. */
const mayCompile = Deno.env.get("EXECNET_TEST_COMPILE") === "true";

Deno.test({
  name: "a program that deno compile has made starts gateways" +
    (mayCompile ? "" : " (needs EXECNET_TEST_COMPILE=true)"),
  ignore: !mayCompile,
  async fn() {
    await using dir = await scratch({
      "deno.json": JSON.stringify({ imports: config.imports }),
      "program.ts": `import { makeGateway } from "${new URL("../../mod.ts", import.meta.url)}";
await using gw = await makeGateway();
console.log(Deno.build.standalone, await gw.call((n: number) => n + 1, 1));`,
    });
    const program = pathOf(dir, "program");
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["compile", "-A", "--quiet", "--no-lock", "--output", program, `${program}.ts`],
    }).output();
    assertEquals(code, 0);
    await using deno = await withDeno();
    const { stdout } = await new Deno.Command(program, {
      env: { PATH: `${pathOf(deno)}:/usr/bin:/bin`, NO_COLOR: "1" },
    }).output();
    assertEquals(new TextDecoder().decode(stdout), "true 2\n");
  },
});
