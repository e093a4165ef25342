/** Sending modules where there is no network, and Deno has never bundled anything. */

import { assertEquals, assertMatch } from "@std/assert";
import { typedTest } from "../support/needs.ts";
import { offline } from "../support/offline.ts";
import { runCase } from "./run_case.ts";

/** What an initiator without network receives from `job.ts`. */
async function received(files: Record<string, string>, spec: string): Promise<string> {
  await using without = await offline();
  const program = `
    import { makeGateway } from "@x/execnet";
    await using gw = await makeGateway("${spec}");
    await gw.remoteExec(new URL("./job.ts", import.meta.url)).receive()
      .then((item) => console.log(JSON.stringify(item)), (error) => console.log(String(error)));`;
  const { stdout, stderr } = await runCase(program, { files, env: without.env });
  return stdout || stderr;
}

typedTest("files, JSON and text are sent without network", async () => {
  const files = {
    "job.ts": `import { limit } from "./lib/limits.ts";
import settings from "#settings" with { type: "json" };
import page from "./page.md" with { type: "text" };
export default (channel: any) => channel.send([limit, settings, page]);`,
    "lib/limits.ts":
      `export enum Limit { Low = 2 } export class Limits { accessor limit = Limit.Low; }
export const { limit }: { limit: number } = new Limits();`,
    "settings.json": `{ "retries": 1 }`,
    "page.md": "# Page",
    "deno.json": `{ "imports": { "#settings": "./settings.json" } }`,
  };
  assertEquals(await received(files, "popen"), `[2,{"retries":1},"# Page"]\n`);
});

const WITH_PACKAGE = {
  "job.ts": `import { parse } from "npm:acorn@^8";
export default (channel: any) => channel.send(parse("1", { ecmaVersion: 6 }).type);`,
};

typedTest("packages are imported by a gateway that may, without network", async () => {
  const spec = "popen//allow-import=registry.npmjs.org";
  assertEquals(await received(WITH_PACKAGE, spec), `"Program"\n`);
});

typedTest("packages are not sent without network, and the error says what is missing", async () => {
  const output = await received(WITH_PACKAGE, "popen");
  assertMatch(output, /deno bundle needs esbuild from npm once: run it where npm can be reached/);
  assertMatch(output, /add allow-import=registry\.npmjs\.org to the spec of gateway gw0/);
});
