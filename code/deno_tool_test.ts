import { assertEquals, assertStringIncludes } from "@std/assert";
import { whenGone } from "../tests/support/processes.ts";
import { runDenoTool } from "./deno_tool.ts";

Deno.test("runDenoTool() returns what a subcommand prints, and whether it succeeded", async () => {
  const [good, bad] = await Promise.all([
    runDenoTool(["--version"], 60_000),
    runDenoTool(["no-such-subcommand.ts"], 60_000),
  ]);
  assertEquals([good?.success, bad?.success], [true, false]);
  assertStringIncludes(good?.stdout ?? "", Deno.version.deno);
  assertStringIncludes(bad?.stderr ?? "", "no-such-subcommand");
});

Deno.test("runDenoTool() kills what takes too long", async () => {
  const file = await Deno.makeTempFile();
  const script = `Deno.writeTextFileSync("${file}", String(Deno.pid)); for (;;);`;
  const args = ["run", "--allow-write", `data:text/javascript,${encodeURIComponent(script)}`];
  assertEquals(await runDenoTool(args, 2_000), undefined);
  const pid = await Deno.readTextFile(file); // empty if it was killed before it ran
  if (pid !== "") await whenGone(Number(pid));
  await Deno.remove(file);
});
