import { assertEquals } from "@std/assert";
import { leaveOutBroken } from "./std_broken.ts";

function kept(scripts: Record<string, string>): Record<string, string> {
  return Object.fromEntries(leaveOutBroken(new Map(Object.entries(scripts))));
}

Deno.test("leaveOutBroken() does not change a complete package", () => {
  const scripts = {
    "mod.js": `export * from "./a.js";\n`,
    "a.js": `import { x } from "../bytes/x.js";\nexport { x };\n`,
  };
  assertEquals(kept(scripts), scripts);
});

Deno.test("leaveOutBroken() leaves out what imports a missing file, however indirectly", () => {
  assertEquals(
    kept({
      "mod.js": `export * from "./good.js";\nexport * from "./top.js";\n`,
      "good.js": "export const good = 1;\n",
      "top.js": `import { width } from "./width.js";\nexport const top = 1;\n`,
      "width.js": `import data from "./_data.json" with { type: "json" };\n`,
    }),
    {
      "mod.js": `export * from "./good.js";\n`,
      "good.js": "export const good = 1;\n",
    },
  );
});

Deno.test("leaveOutBroken() ignores examples in comments", () => {
  const scripts = { "a.js": ` * import { b } from "./b.js";\n` };
  assertEquals(kept(scripts), scripts);
});
