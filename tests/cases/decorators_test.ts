/** Syntax in the file that is sent which is neither JavaScript nor types alone. */

import { assertEquals } from "@std/assert";
import { typedTest } from "../support/needs.ts";
import { runCase } from "./run_case.ts";

const JOBS: Record<string, string> = {
  decorators: `const calls: string[] = [];
function counted(method: () => void, { name }: ClassMethodDecoratorContext) {
  return function (this: unknown) { calls.push(String(name)); method.call(this); };
}
class Task { @counted start() {} }
new Task().start();
await channel.send(calls);`,
  casts: `interface Size { width: number }
await channel.send((<Size> JSON.parse('{ "width": 2 }')).width);`,
  accessor: `class Size { accessor width: number = 3; static accessor unit = "px"; }
await channel.send([new Size().width, Size.unit]);`,
  defer: `import defer * as late from "./late.ts";
const before = String(Reflect.get(globalThis, "lateRan"));
await channel.send([before, late.value, Reflect.get(globalThis, "lateRan")]);`,
};

const PROGRAM = `
  import { makeGateway } from "@x/execnet";
  await using gw = await makeGateway();
  for (const name of ${JSON.stringify(Object.keys(JOBS))}) {
    await gw.remoteExec(new URL("./" + name + ".ts", import.meta.url)).receive()
      .then((item) => console.log(name, JSON.stringify(item)), (e) => console.log(name, e.name, e.message));
  }
  await gw.remoteExec(new URL("./wrong.ts", import.meta.url)).receive()
    .catch((e) => console.log(e.message.replace(/.*at /, "").split("/").at(-1)));
`;

typedTest(
  "decorators, casts, accessors and import defer are sent as deno run takes them",
  async () => {
    const files = Object.fromEntries(
      Object.entries(JOBS).map(([name, text]) => [`${name}.ts`, text]),
    );
    const { stdout, stderr } = await runCase(PROGRAM, {
      files: {
        ...files,
        "late.ts": `Reflect.set(globalThis, "lateRan", true); export const value = "late";`,
        "wrong.ts": "class Size {\n  accessor width: = 3;\n}",
      },
    });
    assertEquals(
      stdout,
      `decorators ["start"]
casts 2
accessor [3,"px"]
defer ["undefined","late",true]
wrong.ts:2:19
`,
      stderr,
    );
  },
);
