/** Packages that cannot be bundled, or fail as a bundle: the gateway imports them itself. */

import { assertEquals } from "@std/assert";
import { mayFetch } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  const jobs = { "popen//allow-all": ["typescript", "jsdom"], "popen": ["typescript"] };
  for (const [spec, names] of Object.entries(jobs)) {
    await using gw = await makeGateway(spec);
    for (const name of names) {
      await gw.remoteExec(new URL("./" + name + ".ts", import.meta.url)).receive()
        .then((item) => console.log(name, item), (error) => {
          const [grant] = /add allow-\\S+ to the spec of gateway \\w+/.exec(error.message) ?? [];
          console.log(name, error.message.includes("bundle"), grant);
        });
    }
  }
`;

const JOBS = {
  "typescript.ts": `import ts from "npm:typescript@5";
export default (channel: any) => channel.send(ts.transpile("let a: number;"));`,
  "jsdom.ts": `import { JSDOM } from "npm:jsdom@^26";
const { document } = new JSDOM("<p>text</p>").window;
export default (channel: any) => channel.send(document.querySelector("p")?.textContent);`,
};

Deno.test({
  name: "packages that cannot be bundled are imported by the gateway, if it may" +
    (mayFetch() ? "" : " (fetches 30 MB)"),
  ignore: !mayFetch(),
  async fn() {
    const { stdout, stderr } = await runCase(PROGRAM, { files: JOBS }, 120_000);
    assertEquals(
      stdout,
      `typescript var a;\n
jsdom text
typescript true add allow-import=registry.npmjs.org to the spec of gateway gw1
`,
      stderr,
    );
  },
});
