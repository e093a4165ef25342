/** Sending modules where there is no network, and Deno has never bundled anything. */
import { assertEquals, assertMatch } from "@std/assert";
import { scratch } from "../support/files.ts";
import { typedTest } from "../support/needs.ts";
import { offline } from "../support/offline.ts";

const ROOT = new URL("../../", import.meta.url);

/** What is received from `main.ts` by an initiator without network, as text. */
async function sent(files: Record<string, string>, spec: string): Promise<string> {
  await using without = await offline();
  await using dir = await scratch({
    ...files,
    "script.ts": `import { makeGateway } from "${ROOT}mod.ts";
await using gw = await makeGateway("${spec}");
await gw.remoteExec(new URL("./main.ts", import.meta.url)).receive()
  .then((item) => console.log(JSON.stringify(item)), (error) => console.log(String(error)));`,
  });
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "--no-lock", `--config=${ROOT.pathname}deno.json`]
      .concat(dir.url("script.ts").href),
    env: without.env,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return decoder.decode(stdout) + decoder.decode(stderr);
}

typedTest("files, JSON and text are sent without network", async () => {
  const files = {
    "main.ts": `import { b } from "./lib/b.ts";
import data from "#data" with { type: "json" };
import text from "./text.md" with { type: "text" };
export default (channel: any) => channel.send([b, data, text]);`,
    "lib/b.ts": `export enum E { A = 2 } export class Noted { accessor b = E.A; }
export const { b }: { b: number } = new Noted();`,
    "data.json": `{ "a": 1 }`,
    "text.md": "# a",
    "deno.json": `{ "imports": { "#data": "./data.json" } }`,
  };
  assertEquals(await sent(files, "popen"), `[2,{"a":1},"# a"]\n`);
});

const PACKAGE = {
  "main.ts": `import { parse } from "npm:acorn@^8";
export default (channel: any) => channel.send(parse("1", { ecmaVersion: 6 }).type);`,
};

typedTest("packages are imported by a gateway that may, without network", async () => {
  const spec = "popen//allow-import=registry.npmjs.org";
  assertEquals(await sent(PACKAGE, spec), `"Program"\n`);
});

typedTest("packages are not sent without network, and the error says what is missing", async () => {
  const output = await sent(PACKAGE, "popen");
  assertMatch(output, /deno bundle needs esbuild from npm once: run it where npm can be reached/);
  assertMatch(output, /add allow-import=registry\.npmjs\.org to the spec of gateway gw0/);
});
