/**
 * Runs the examples of the README as a newcomer does: in an empty folder, with the flags that it
 * states.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { TemporaryDirectory, test } from "./support/bounded.ts";

const ROOT = new URL("../", import.meta.url);
const README = await Deno.readTextFile(new URL("README.md", ROOT));

/** What each example prints, in their order. */
const PRINTED = [
  /^1\n4\n9\n$/,
  /^[1-9]\d*\n$/,
  /^1\n4\n9\n$/,
  /^$/,
  /^NotCapable: .+; add allow-read=\/etc\/hosts to the spec of gateway gw0\n$/,
];

const examples = Array.from(README.matchAll(/^```ts\n(.*?)^```$/gms), ([, text = ""]) => text);

/** The flags of the README's `deno run … main.ts`. */
function statedFlags(): string[] {
  return /^deno run (.+) main\.ts$/m.exec(README)?.[1]?.split(" ") ?? [];
}

Deno.test("the README has an expectation here for each of its examples", () => {
  assertEquals(examples.length, PRINTED.length);
});

for (const [i, example] of examples.entries()) {
  test(`example ${i + 1} of the README works in an empty folder`, async () => {
    await using folder = await TemporaryDirectory.make();
    // Stands for `deno add`: the package as it is here.
    const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
    const own = { "@x/execnet": new URL("mod.ts", ROOT).href };
    const config = { imports: { ...imports, ...own }, lock: false };
    await folder.write("deno.json", JSON.stringify(config));
    await folder.write("main.ts", example);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...statedFlags(), "main.ts"],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    assertEquals({ code, stderr: decoder.decode(stderr) }, { code: 0, stderr: "" });
    assertMatch(decoder.decode(stdout), PRINTED[i] ?? /^$/);
  });
}
