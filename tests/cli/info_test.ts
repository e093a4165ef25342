/** `execnet info`, and the pages that are made of the table. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { formattedReference } from "../../_tools/cli_reference.ts";
import { COMMANDS } from "../../cli/table/commands.ts";
import { testWith } from "../support/needs.ts";
import { test } from "../support/bounded.ts";
import { bash, execnet } from "../support/cli.ts";

test("info tells what targets are, and why some are not reached", async () => {
  const targets = ["-w", "popen//id=here", "-w", "popen//id=none//deno=/no/deno"];
  const [table, json] = await Promise.all([
    execnet(["info", ...targets]),
    execnet(["info", "--json", "--deny-sys=hostname", ...targets]),
  ]);
  assertEquals([table.code, json.code], [3, 3]);
  const [head, row, none] = table.stdout.split("\n");
  assertMatch(head, /^ID +HOST +OS +ARCH +DENO +CORES +MEMORY +LOAD +LATENCY$/);
  assertStringIncludes(row, Deno.hostname());
  assertMatch(row, /^here .*\d\/\d+\.\d GiB +\d+\.\d\d +\d+\.\d ms$/);
  assertMatch(none, /^none: unreachable: cannot start gateway none/);
  const [up, down] = json.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assertEquals([up.gateway, up.host, up.deno], ["here", undefined, Deno.version.deno]);
  assertEquals(up.memory.total > up.memory.available, true);
  assertEquals(down.gateway, "none");
});

test("docs/cli.md is what the table says; _tools/cli_reference.ts writes it", async () => {
  const page = await Deno.readTextFile(new URL("../../docs/cli.md", import.meta.url));
  assertEquals(page, await formattedReference());
  for (const { name } of COMMANDS) assertStringIncludes(page, `## ${name}\n`);
});

testWith(["bash"], "bash completes commands, options, and values that are files", async () => {
  const complete = (...words: string[]) =>
    `COMP_WORDS=(execnet ${
      words.join(" ")
    }); COMP_CWORD=${words.length}; _execnet; echo "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = await bash(
    [
      `eval "$(execnet completions bash)"`,
      complete("ex"),
      complete("exec", "--dry"),
      complete("exec", "--allow-rea"),
      complete("exec", "--hosts", "deno.js"),
      complete("completions", "z"),
    ].join("\n"),
    new URL("../../", import.meta.url).pathname,
  );
  assertEquals(stderr, "");
  assertEquals(stdout, "exec\n--dry-run\n--allow-read\ndeno.json\nzsh\n");
});

for (const shell of ["zsh", "fish"]) {
  testWith(["bash", shell], `${shell} takes its completions`, async () => {
    const { code, stderr } = await bash(`execnet completions ${shell} | ${shell} -n /dev/stdin`);
    assertEquals([code, stderr], [0, ""]);
  });
}
