/** How command lines are read. */

import { assertEquals, assertRejects } from "@std/assert";
import { parseArguments } from "../../cli/arguments/parse.ts";
import { COMMANDS } from "../../cli/table/commands.ts";
import { UsageError } from "../../cli/usage.ts";
import { assertExists } from "../support/assert.ts";

const exec = COMMANDS.find(({ name }) => name === "exec");
assertExists(exec);
const parse = (...args: string[]) => parseArguments(exec, args);

Deno.test("options are written in each of the usual ways, and their values may begin with dashes", async () => {
  const args = await parse(
    "-wpopen",
    "-w",
    "ssh=-p 22 box",
    "--on=4*popen",
    "-be",
    "--x",
    "-x",
    "a",
  );
  assertEquals(args.texts("on"), ["popen", "ssh=-p 22 box", "4*popen"]);
  assertEquals([args.text("eval"), args.has("gather"), args.texts("exclude")], ["--x", true, [
    "a",
  ]]);
  const more = await parse("job.ts", "--args", "-1", "--timeout=0.5", "--stdin", "--no-color");
  assertEquals([more.operands, more.value("args"), more.milliseconds("timeout")], [
    ["job.ts"],
    -1,
    500,
  ]);
  assertEquals([more.value("stdin"), more.has("no-color"), more.has("json")], [true, true, false]);
  assertEquals((await parse("--stdin=json")).value("stdin"), "json");
  assertEquals((await parse("--", "-e")).operands, ["-e"]);
});

Deno.test("Deno's permission flags are grants, take no word, and add up", async () => {
  const { grants, operands } = await parse(
    ...["--allow-read", "job.ts", "-N=a,b", "--allow-net=c", "--deny-env=X", "-S", "-S=hostname"],
  );
  assertEquals(operands, ["job.ts"]);
  assertEquals(Object.fromEntries(grants.keys), {
    "allow-read": true,
    "allow-net": ["a", "b", "c"],
    "deny-env": ["X"],
    "allow-sys": true,
  });
  assertEquals([grants.all, (await parse("-A")).grants.all], [false, true]);
});

Deno.test("the error of a wrong command line names the nearest right word, or what a value is", async () => {
  for (
    const [args, message] of [
      [["--isolat"], `no option "--isolat"; did you mean "--isolate"?`],
      [["-q"], `no option "-q"`],
      [["--allow-raed"], `did you mean "--allow-read"?`],
      [["--allow-read="], "an empty entry"],
      [["-w"], "-w needs a value"],
      [["--on="], "--on needs a value"],
      [["--json=x"], "--json takes no value"],
      [["--stdin=yaml"], "json"],
      [["--args", "{"], "--args is not JSON"],
      [["--fanout", "0"], "a whole number from 1"],
      [["--timeout", "soon"], "seconds"],
      [["a.ts", "b.ts"], `"b.ts" is one word more`],
    ] as const
  ) await assertRejects(() => parse(...args), UsageError, message);
});
